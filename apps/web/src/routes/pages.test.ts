import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import { consoleEvent, finishedRun, joinNode, repo, submission, submitRun } from '../fixtures/drive-run.ts';
import { openTestbed } from '../fixtures/testbed.ts';

test('every page answers on a server where nothing ever ran, and says what to do', async () => {
  await using bed = await openTestbed({ MARTEAU_EXAMPLE: 'https://github.com/mozilla/marteau' });
  for (const [path, says] of [
    ['/', /Run the example/],
    ['/new', /Nothing is queued until you say so/],
    ['/runs', /Nothing was run yet/],
    ['/projects', /appears here with its first run/],
    ['/nodes', /No node has joined yet/],
    ['/outbox', /No mail yet/],
    ['/bin', /Nothing is in the bin/],
    ['/doctor', /SMTP_URL is not set, so mails wait/],
    ['/docs', /Submit a project/],
    ['/docs/writing-a-test', /A user is someone who opens the file/],
  ] as const) {
    const answer = await bed.get(path);
    assert.equal(answer.status, 200, path);
    assert.match(await answer.text(), says, path);
  }
});

test('every page answers with runs in every state', async () => {
  await using bed = await openTestbed();
  const node = await joinNode(bed.store, 'n1');
  const ended = await finishedRun(bed.store, {
    outcome: { verdict: 'fail', reason: 'p95 412 ms (wanted < 300 ms)' },
    events: [consoleEvent('\u001b[31mred\u001b[0m <b>')],
  });
  const running = await submitRun(bed.store);
  await running.enterLine();
  await running.start(node);
  const waiting = await submitRun(bed.store);
  await waiting.enterLine();
  const queued = await submitRun(bed.store);

  const home = await (await bed.get('/')).text();
  assert.match(home, /1 running · 2 waiting · 0 of 1 node idle/);
  for (const { id } of [running, waiting, queued, ended]) assert.ok(home.includes(`/runs/${id}"`), id);

  const page = async (path: string) => (await bed.get(path, { headers: { accept: 'text/html' } })).text();
  assert.match(await page(`/runs/${ended.id}`), /p95 412 ms \(wanted &lt; 300 ms\)/);
  assert.match(await page(`/runs/${waiting.id}`), /Number 1 in the line/);
  assert.match(await page(`/runs/${running.id}`), /The load runs/);
  assert.match(await page(`/runs/${queued.id}`), /Number 2 in the line/);
  assert.match(await page('/runs?state=finished'), new RegExp(ended.id));
  assert.doesNotMatch(await page('/runs?state=error'), new RegExp(ended.id));
  assert.match(await page(`/runs?project=${encodeURIComponent(repo)}`), new RegExp(ended.id));
  assert.match(await page('/projects'), /Marketplace/);
  assert.match(await page('/nodes'), /action="\/nodes\/n1\/disable"/);
});

test('the console is text: for download, and with colours where there is no script', async () => {
  await using bed = await openTestbed();
  const { id } = await finishedRun(bed.store, {
    events: [consoleEvent('first\n\u001b[31mred\u001b[0m <b>bold</b>'), consoleEvent('last', 'git')],
  });
  const full = await bed.get(`/runs/${id}/console.log`);
  assert.match(full.headers.get('content-type') ?? '', /^text\/plain/);
  assert.match(full.headers.get('content-disposition') ?? '', /^attachment/);
  assert.match(
    await full.text(),
    /script {2}\| first\n.* \| \u001b\[31mred\u001b\[0m <b>bold<\/b>\n.* git {5}\| last\n/,
  );
  const shown = await (await bed.get(`/runs/${id}/console`)).text();
  assert.match(shown, /<span class="f1">red<\/span> &lt;b&gt;bold&lt;\/b&gt;/);
  assert.match(shown, /<div class="from-git">last<\/div>/);
});

test('a live console can be read before the run ends', async () => {
  await using bed = await openTestbed();
  const run = await submitRun(bed.store);
  await run.prepare();
  await run.say(consoleEvent('so far'));
  assert.match(await (await bed.get(`/runs/${run.id}/console.log`)).text(), /so far/);
});

test('a part that renews itself is sent again only when it changed', async () => {
  await using bed = await openTestbed();
  const run = await submitRun(bed.store);
  for (const path of ['/?part=now', `/runs/${run.id}?part=now`, '/nodes?part=now']) {
    const first = await bed.get(path, { headers: { cookie: 'marteau_csrf='.padEnd(56, 'a') } });
    const etag = first.headers.get('etag') ?? '';
    assert.ok(etag, path);
    const headers = { 'if-none-match': etag, cookie: 'marteau_csrf='.padEnd(56, 'a') };
    if (!path.includes(run.id)) assert.equal((await bed.get(path, { headers })).status, 304, path);
    await joinNode(bed.store, `n${path.length}`);
    if (path.startsWith('/runs')) await run.prepare();
    await waitUntil(
      `${path} to be sent again`,
      async () => (await bed.get(path, { headers })).status === 200,
    );
  }
});

test('pages of runs: newest first, and each once', async () => {
  await using bed = await openTestbed();
  const ids = [];
  for (let i = 0; i < 55; i++) ids.push((await bed.store.runs.submit(submission())).id);
  const seen: string[] = [];
  let path: string | undefined = '/runs?state=queued';
  while (path) {
    const html: string = await (await bed.get(path)).text();
    seen.push(...[...html.matchAll(/<a href="\/runs\/(r\w+)">/g)].map((match) => match[1]!));
    path = /href="(\/runs\?[^"]*cursor=[^"]*)" rel="next"/.exec(html)?.[1]?.replaceAll('&amp;', '&');
  }
  assert.deepEqual(seen, ids.sort().reverse());
});

test('home is at most 60 KB on the wire, with its stylesheet and its scripts', async () => {
  await using bed = await openTestbed();
  for (let i = 0; i < 31; i++) await finishedRun(bed.store, { outcome: { summary: summaryOf(i) } });
  const home = await (await bed.get('/')).text();
  let bytes = Buffer.byteLength(home);
  const wanted = [...home.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map((match) => match[1]!);
  for (const path of new Set(wanted)) {
    const { status, body } = await rawSize(bed.url, path);
    assert.equal(status, 200, path);
    bytes += body;
  }
  assert.ok(bytes <= 60_000, `${bytes} bytes`);
});

test('a page that is not there says where to go on', async () => {
  await using bed = await openTestbed();
  for (const path of [
    '/nope',
    '/runs/r1m7y5bf0pk6886xj6a',
    '/runs/12',
    '/docs/nope',
    '/outbox/nope',
    '/runs/x/report',
  ]) {
    const answer = await bed.get(path, { headers: { accept: 'text/html' } });
    assert.equal(answer.status, 404, path);
    const html = await answer.text();
    assert.match(html, /Not here/, path);
    assert.match(html, /href="\/new"/, path);
  }
});

test('the theme is remembered without a script, and only for paths of this site', async () => {
  await using bed = await openTestbed();
  const answer = await bed.submitForm('/theme', { theme: 'dark', back: '/nodes' });
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.get('location'), '/nodes');
  assert.match(answer.headers.get('set-cookie') ?? '', /marteau_theme=dark;.*SameSite=Lax/);
  const dark = await (await bed.get('/', { headers: { cookie: 'marteau_theme=dark' } })).text();
  assert.match(dark, /<html lang="en" data-theme="dark">/);
  const odd = await (await bed.get('/', { headers: { cookie: 'marteau_theme=%22onclick' } })).text();
  assert.match(odd, /<html lang="en">/);
  const away = await bed.submitForm('/theme', { theme: 'dark', back: '//evil.example' });
  assert.equal(away.headers.get('location'), '/');
});

async function rawSize(url: string, path: string): Promise<{ status: number; body: number }> {
  const { get } = await import('node:http');
  return new Promise((resolve, reject) => {
    get(url + path, { headers: { 'accept-encoding': 'br' } }, (response) => {
      let body = 0;
      response.on('data', (chunk: Buffer) => {
        body += chunk.length;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    }).on('error', reject);
  });
}

function summaryOf(i: number) {
  return {
    requests: 120_000 + i,
    iterations: 3_000,
    errorRate: 0.00123,
    failureRate: 0,
    rate: 400.5,
    p50: 12_000,
    p95: 48_000 + i * 5_000,
    p99: 96_000,
    spark: Array.from({ length: 40 }, (_, x) => 400 + 300 * Math.sin(x * (i + 1))),
  };
}
