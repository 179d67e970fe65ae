import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { type HookCall, hookCall } from '@marteau/testkit';
import { openTestbed, type Testbed } from '../fixtures/testbed.ts';

const repo = 'https://127.0.0.1/team/shop';
const [a, b] = ['a'.repeat(40), 'b'.repeat(40)];

type Kind = Parameters<typeof hookCall>[0];
interface Connected {
  id: string;
  hook: { url: string; secret: string };
}

async function connected(bed: Testbed, kind: Kind = 'github'): Promise<Connected> {
  const answer = await bed.call('POST', '/api/v1/projects', { repo, forge: { kind } });
  assert.equal(answer.status, 201);
  return (await answer.json()) as Connected;
}

const send = (url: string, { headers, body }: HookCall) => fetch(url, { method: 'POST', headers, body });
const pushOf = (kind: Kind, secret: string, id = '1', sha = a) =>
  hookCall(kind, { repo, secret, id, push: { ref: 'refs/heads/main', sha, before: b } });

interface Shown {
  id: string;
  state: string;
  answer: number;
  headers: Record<string, string>;
  events: { sha: string }[];
}

async function deliveries(bed: Testbed, id: string) {
  const answer = await bed.call('GET', `/api/v1/projects/${id}/deliveries`);
  return ((await answer.json()) as { deliveries: Shown[] }).deliveries;
}

for (const kind of ['github', 'gitlab', 'gitea', 'forgejo', 'bitbucket', 'generic'] as const) {
  test(`${kind}: a push is accepted, known when it comes again, and shown without its secrets`, async () => {
    await using bed = await openTestbed();
    const { id, hook } = await connected(bed, kind);
    assert.equal(hook.url, `${bed.url}/hooks/${id}`);
    const call = pushOf(kind, hook.secret);
    const first = await send(hook.url, call);
    assert.equal(first.status, 202);
    const again = await send(hook.url, call);
    const said = [again.status, await again.json()] as const;
    // It may have come again before it was handed on; then it is known there.
    if (said[0] === 200) assert.deepEqual(said[1], { ignored: 'This delivery came before.' });
    await bed.store.arrivals.handOn();
    const list = await deliveries(bed, id);
    assert.equal(list.length, 1);
    assert.deepEqual([list[0]?.state, list[0]?.answer, list[0]?.events[0]?.sha], ['waiting', 202, a]);
    assert.ok(!JSON.stringify(list).includes(hook.secret.slice(6)));
    assert.ok(!/signature|token/.test(Object.keys(list[0]?.headers ?? {}).join()));
  });
}

test('what is not signed is refused, and nothing is known of it', async () => {
  await using bed = await openTestbed({ MARTEAU_ACCESS_TOKEN: '0123456789abcdef' });
  const headers = { authorization: 'Bearer 0123456789abcdef' };
  const made = await bed.call('POST', '/api/v1/projects', { repo, forge: { kind: 'github' } }, headers);
  const { id, hook } = (await made.json()) as Connected;
  const { body, ...right } = pushOf('github', hook.secret);
  const wrong = [
    pushOf('github', 'another secret'),
    { ...right, body: body.replace('main', 'mean') },
    { body, headers: { 'content-type': 'application/json' } },
    { body, headers: { ...right.headers, 'x-hub-signature-256': 'sha256=00' } },
    { body: '', headers: {} },
    pushOf('gitea', hook.secret),
  ];
  for (const call of wrong) {
    const answer = await send(hook.url, call);
    assert.deepEqual(
      [answer.status, ((await answer.json()) as { code: string }).code],
      [401, 'unsigned-hook'],
    );
  }
  for (const path of ['/hooks/p000000000000', '/hooks/..%2Fx', `/hooks/${'x'.repeat(200)}`])
    assert.equal((await send(bed.url + path, { body, ...right })).status, 404, path);
  const list = await bed.call('GET', `/api/v1/projects/${id}/deliveries`, undefined, headers);
  assert.deepEqual(await list.json(), { deliveries: [] });
  assert.equal((await send(hook.url, { body, ...right })).status, 202);
  assert.equal((await bed.call('GET', `/api/v1/projects/${id}/deliveries`)).status, 401);
});

test('what needs nothing done is answered with the reason', async () => {
  await using bed = await openTestbed();
  const { id, hook } = await connected(bed);
  const { secret } = hook;
  const signed = (body: string, event = 'push'): HookCall => {
    const hex = createHmac('sha256', secret).update(body).digest('hex');
    return {
      body,
      headers: { 'x-github-event': event, 'x-github-delivery': hex, 'x-hub-signature-256': `sha256=${hex}` },
    };
  };
  const nested = '['.repeat(2_000_000);
  for (const [call, why] of [
    [hookCall('github', { repo, secret, ping: true }), /^A ping/],
    [hookCall('github', { repo, secret, push: { ref: 'refs/heads/x', sha: '0'.repeat(40) } }), /was deleted/],
    [
      hookCall('github', {
        repo: 'https://127.0.0.1/team/other.git',
        secret,
        push: { ref: 'refs/heads/x', sha: a },
      }),
      /another repository/,
    ],
    [signed('{}', 'star'), /Nothing is done for star/],
    [signed('{"a":1}'), /no branch/],
    [signed('no json'), /is no JSON/],
    [signed(nested), /no JSON|too much to read/],
  ] as const) {
    const answer = await send(hook.url, call);
    assert.equal(answer.status, 200);
    assert.match(((await answer.json()) as { ignored: string }).ignored, why);
  }
  const list = await deliveries(bed, id);
  assert.equal(list.length, 7);
  assert.ok(list.every(({ state }) => state === 'ignored'));
  const replay = (delivery: string) =>
    bed.call('POST', `/api/v1/projects/${id}/deliveries/${delivery}/replay`);
  assert.equal((await replay(String(list[0]?.id))).status, 409);
  assert.equal((await replay('h0')).status, 404);
});

test('a form as GitHub sends it; a body of 25 MB; one of 26 MB, with its size said or not', async () => {
  await using bed = await openTestbed();
  const { hook } = await connected(bed);
  const sign = (body: string, more = {}): HookCall => {
    const hex = createHmac('sha256', hook.secret).update(body).digest('hex');
    return {
      body,
      headers: {
        'content-type': 'application/json',
        'x-github-event': 'push',
        'x-github-delivery': String(body.length),
        'x-hub-signature-256': `sha256=${hex}`,
        ...more,
      },
    };
  };
  const { body } = pushOf('github', hook.secret);
  const form = sign(new URLSearchParams({ payload: body }).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
  });
  assert.equal((await send(hook.url, form)).status, 202);
  const padded = (bytes: number) => body.replace('{', `{"pad":"${'x'.repeat(bytes)}",`);
  assert.equal((await send(hook.url, sign(padded(25e6)))).status, 202);
  const large = sign(padded(27e6));
  const refused = await send(hook.url, large);
  assert.deepEqual(
    [refused.status, ((await refused.json()) as { code: string }).code],
    [413, 'hook-too-large'],
  );
  const { host, port, pathname } = new URL(hook.url);
  const socket = connect(Number(port), '127.0.0.1');
  const signature = large.headers['x-hub-signature-256'];
  socket.on('error', () => {});
  socket.write(
    `POST ${pathname} HTTP/1.1\r\nhost: ${host}\r\nx-github-event: push\r\nx-hub-signature-256: ${signature}\r\ntransfer-encoding: chunked\r\n\r\n`,
  );
  for (let sent = 0; sent < 28; sent++) socket.write(`${(1e6).toString(16)}\r\n${'x'.repeat(1e6)}\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  assert.match(answer.toString(), /^HTTP\/1\.1 413 /);
  socket.destroy();
});

test('a secret that is rotated is good for a while, and what was accepted without Redis is kept', async () => {
  await using bed = await openTestbed();
  const { id, hook } = await connected(bed);
  const rotated = await bed.call('POST', `/api/v1/projects/${id}/hook/rotate`);
  const next = (await rotated.json()) as Connected['hook'];
  assert.equal(rotated.status, 200);
  assert.equal(next.url, hook.url);
  assert.equal((await send(hook.url, pushOf('github', hook.secret, '1'))).status, 202);
  assert.equal((await send(hook.url, pushOf('github', next.secret, '2'))).status, 202);
  await bed.redis.kill();
  assert.equal((await send(hook.url, pushOf('github', next.secret, '3'))).status, 202);
  assert.equal((await send(hook.url, pushOf('github', 'wrong', '4'))).status, 401);
  await bed.redis.restart();
  await bed.store.ping().catch(() => {});
  await bed.store.arrivals.handOn();
  assert.equal((await deliveries(bed, id)).length, 3);
});

test('the page of a hook: connected by a form, its secret shown once, its deliveries, and replay', async () => {
  await using bed = await openTestbed();
  const made = await bed.store.projects.make(repo);
  const page = `/projects/${made.id}/hook`;
  assert.match(await (await bed.get(page)).text(), /Connect it/);
  const connecting = await bed.submitForm(page, { kind: 'gitea', api: '' });
  const shown = await connecting.text();
  const secret = /whsec_[\w+/=]+/.exec(shown)?.[0] ?? '';
  assert.match(shown, /Set up at Gitea/);
  assert.ok(secret);
  assert.doesNotMatch(await (await bed.get(page)).text(), /whsec_/);
  const sent = await send(`${bed.url}/hooks/${made.id}`, pushOf('gitea', secret));
  assert.equal(sent.status, 202);
  await bed.store.arrivals.handOn();
  const html = await (await bed.get(page)).text();
  assert.match(html, /push to main at aaaaaaaa/);
  assert.match(html, /waits/);
  const [arrival] = await bed.store.arrivals.list(made.id);
  await bed.store.arrivals.settle({
    ...arrival!,
    state: 'ignored',
    why: 'The commit says <b>[skip ci]</b>.',
  });
  const ignored = await (await bed.get(page)).text();
  assert.match(ignored, /The commit says &lt;b&gt;/);
  const [action = ''] = /\/projects\/\w+\/deliveries\/\w+\/replay/.exec(ignored) ?? [];
  assert.equal((await bed.submitForm(action)).status, 303);
  assert.equal((await bed.store.arrivals.list(made.id)).length, 2);
  const rotated = await (await bed.submitForm(`${page}/rotate`)).text();
  assert.match(rotated, /whsec_/);
  assert.ok(!rotated.includes(secret));
  assert.equal((await bed.submitForm(page, { kind: 'svn' })).status, 400);
});
