import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { finishedRun, submitRun } from '../fixtures/drive-run.ts';
import { rawRequest } from '../fixtures/raw-request.ts';
import { openTestbed, type Testbed } from '../fixtures/testbed.ts';

const anyId = 'r1m7y5bf0pk6886xj6a';

/** Every route that changes something, or makes the server work. */
function changingOf({ rules }: Testbed): [method: string, path: string][] {
  return rules
    .filter(({ method }) => !/^(GET|HEAD|OPTIONS)$/.test(method))
    .map(({ method, url }) => [method, url.replace(':id', anyId).replace(/:\w+/g, 'n1')]);
}

test('what a foreign page makes a browser send is refused, by every route that changes something', async () => {
  await using bed = await openTestbed();
  const { host, port } = new URL(bed.url);
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const changing = changingOf(bed);
  assert.ok(changing.length > 50);
  for (const [method, path] of changing) {
    for (const headers of [
      { host, origin: 'https://evil.example' },
      { host, origin: 'null' },
      { host, origin: `http://127.0.0.1:${Number(port) + 1}` },
      { host, origin: `http://localhost:${port}` },
      { host, 'sec-fetch-site': 'cross-site' },
      { host, 'sec-fetch-site': 'same-site' },
      { host, origin: bed.url, 'sec-fetch-site': 'cross-site' },
    ] as Record<string, string>[]) {
      const { status, body } = await rawRequest(bed.url, path, {
        method,
        headers: { ...form, ...headers },
        body: 'repo=https://github.com/a/b',
      });
      assert.equal(status, 403, `${method} ${path} ${JSON.stringify(headers)} ${body}`);
      assert.equal(JSON.parse(body).code, 'foreign-origin');
    }
  }
  assert.deepEqual((await bed.store.runs.list({ limit: 1 })).runs, []);
});

test('an unknown Host is refused for every method, with a sentence; probes may have any', async () => {
  await using bed = await openTestbed({ MARTEAU_URL: 'https://marteau.example.com' });
  const { port } = new URL(bed.url);
  for (const [host, status] of [
    ['marteau.example.com', 200],
    ['MARTEAU.example.com', 200],
    [`127.0.0.1:${port}`, 200],
    [`localhost:${port}`, 200],
    ['127.0.0.1', 421],
    ['evil.example', 421],
    [`evil.example:${port}`, 421],
    ['marteau.example.com.evil.example', 421],
    ['.', 421],
  ] as const) {
    const answer = await rawRequest(bed.url, '/', { headers: { host } });
    assert.equal(answer.status, status, host);
    if (status === 421) assert.match(JSON.parse(answer.body).detail, /MARTEAU_URL/);
    const posted = await rawRequest(bed.url, '/api/v1/runs', { method: 'POST', headers: { host }, body: '' });
    assert.equal(posted.status, status === 421 ? 421 : 400, host);
    assert.equal((await rawRequest(bed.url, '/healthz', { headers: { host } })).status, 200);
  }
});

test('a request that names no Host at all is refused', async () => {
  await using bed = await openTestbed();
  const socket = connect(Number(new URL(bed.url).port), '127.0.0.1');
  socket.end('GET / HTTP/1.0\r\n\r\n');
  assert.match(await text(socket), /^HTTP\/1\.1 421 .*does not answer as a host without a name/s);
});

test('behind a proxy, the public origin is ours', async () => {
  await using bed = await openTestbed({ MARTEAU_URL: 'https://marteau.example.com' });
  const headers = {
    host: 'marteau.example.com',
    origin: 'https://marteau.example.com',
    'sec-fetch-site': 'same-origin',
    'content-type': 'application/json',
  };
  const answer = await rawRequest(bed.url, '/api/v1/nodes/n1/enable', {
    method: 'POST',
    headers,
    body: '{}',
  });
  assert.equal(answer.status, 404);
  assert.equal(JSON.parse(answer.body).code, 'not-found');
});

describe('a form without its token', () => {
  test('is refused by every route that a page of ours posts to', async () => {
    await using bed = await openTestbed({ MARTEAU_ADMIN: 'ana@example.com' });
    const mail = { issuer: 'mail', subject: 'ana@example.com', name: 'Ana' };
    const who = await bed.as((await bed.store.people.make(mail)).person.id);
    // Programs post to these, and owners of mailboxes and targets, whose key is in the address.
    const elsewhere = /^\/(api|hooks|mcp|mailbox|abuse|test$)/;
    for (const [method, path] of changingOf(bed).filter(([, each]) => !elsewhere.test(each))) {
      const answer = await bed.call(method, path, {}, { ...who, accept: 'application/json' });
      assert.match(String(answer.status), /403|404/, `${method} ${path}`);
      if (answer.status === 403)
        assert.equal(((await answer.json()) as { code: string }).code, 'stale-form', path);
    }
  });

  test('changes nothing, whatever the token is', async () => {
    await using bed = await openTestbed();
    const run = await submitRun(bed.store);
    const ended = await finishedRun(bed.store);
    for (const [path, fields] of [
      ['/runs', { repo: 'https://github.com/a/b' }],
      [`/runs/${run.id}/cancel`, {}],
      [`/runs/${ended.id}/delete`, {}],
      [`/runs/${ended.id}/rerun`, {}],
    ] as const) {
      for (const token of ['', 'x', 'a'.repeat(43)]) {
        const answer = await bed.submitForm(path, { ...fields, _csrf: token });
        assert.equal(answer.status, 403, path);
        assert.match(await answer.text(), /does not belong to this browser/);
      }
      const withoutCookie = await bed.get(path, {
        method: 'POST',
        body: new URLSearchParams({ ...fields, _csrf: 'a'.repeat(43) }),
      });
      assert.equal(withoutCookie.status, 403, path);
    }
    assert.equal((await bed.store.runs.list({ limit: 10 })).runs.length, 2);
    assert.equal((await bed.store.runs.get(run.id))?.state, 'queued');
  });

  test('with it, the buttons do what they say', async () => {
    await using bed = await openTestbed();
    const run = await submitRun(bed.store);
    const page = await bed.submitForm(`/runs/${run.id}/cancel`);
    assert.equal(page.status, 303);
    assert.equal(page.headers.get('location'), `/runs/${run.id}`);
    assert.equal((await bed.store.runs.get(run.id))?.state, 'cancelled');
    const again = await bed.submitForm(`/runs/${run.id}/rerun`);
    assert.match(again.headers.get('location') ?? '', /^\/runs\/r/);
    assert.notEqual(again.headers.get('location'), `/runs/${run.id}`);
    const stop = await bed.submitForm(`/runs/${run.id}/stop`);
    assert.equal(stop.status, 409);
    assert.match(await stop.text(), /Reload the page to see where it stands/);
    assert.equal((await bed.submitForm(`/runs/${run.id}/delete`)).headers.get('location'), '/bin');
    assert.equal(await bed.store.runs.get(run.id), null);
  });
});

test('GET changes nothing: no action has one', async () => {
  await using bed = await openTestbed();
  const run = await submitRun(bed.store);
  for (const action of ['cancel', 'stop', 'rerun', 'pin', 'unpin', 'confirm', 'delete'])
    assert.equal((await bed.get(`/runs/${run.id}/${action}`)).status, 404);
  assert.equal((await bed.get('/test?repo=https://github.com/a/b')).status, 404);
  assert.equal((await bed.get('/new?repo=https://github.com/a/b')).status, 200);
  assert.equal((await bed.store.runs.list({ limit: 10 })).runs.length, 1);
});
