// HARs that a real Chromium has recorded by Playwright, in each of its ways to keep bodies.
import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { createTempFolder, startBrowser, type TestBrowser } from '@marteau/testkit';
import { startHttpsServer } from '../fixtures/https-server.ts';
import { startStandIn } from '../standin/stand-in.ts';
import { readTape } from '../tape/read-tape.ts';

const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const page = `<!doctype html><meta charset="utf-8"><title>Grüße</title><img src="/dot.png"><script>
  window.done = (async () => {
    const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"n":1,"text":"ü"}' };
    await fetch('/echo', json);
    await fetch('/form', { method: 'POST', body: new URLSearchParams({ a: 'b c', ü: '1' }) });
    for (const path of ['/zipped', '/brotli', '/latin1', '/empty', '/gone', '/bytes', '/moved?x=1&y=%20'])
      await (await fetch(path)).arrayBuffer();
  })();
</script>`;

/** Every kind of answer that exporters have their habits with. */
const listener: RequestListener = async (request, response) => {
  const body = Buffer.concat(await request.toArray());
  const answer = (type: string, content: Buffer | string, more: Record<string, string | string[]> = {}) =>
    response.writeHead(200, { 'content-type': type, ...more }).end(content);
  const routes: Record<string, () => unknown> = {
    '/': () => answer('text/html', page, { 'set-cookie': ['a=1; Path=/', 'b=2; Path=/'] }),
    '/dot.png': () => answer('image/png', picture),
    '/echo': () => answer('application/json', body),
    '/form': () => answer('text/plain', body),
    '/zipped': () => answer('text/plain', gzipSync('zipped ü'), { 'content-encoding': 'gzip' }),
    '/brotli': () => answer('application/json', brotliCompressSync('{"ü":1}'), { 'content-encoding': 'br' }),
    '/latin1': () => answer('text/plain; charset=iso-8859-1', Buffer.from('grüße', 'latin1')),
    '/empty': () => response.writeHead(204).end(),
    '/bytes': () => answer('application/octet-stream', Buffer.from(Array.from({ length: 256 }, (_, i) => i))),
    '/moved?x=1&y=%20': () => response.writeHead(302, { location: '/there' }).end(),
    '/there': () => answer('text/plain', 'there'),
  };
  (routes[request.url!] ?? (() => response.writeHead(404).end('no')))();
};

let browser: TestBrowser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser[Symbol.asyncDispose]());

describe('a HAR of Playwright', () => {
  for (const content of ['embed', 'attach'] as const) {
    test(`with bodies by ${content} is read without a doubt, and replays what the page got`, async () => {
      await using folder = await createTempFolder();
      await using real = await startHttpsServer('localhost', listener);
      const file = join(folder.path, 'visit.har');
      const origin = `https://localhost:${real.port}`;
      {
        const options = { ignoreHTTPSErrors: true, recordHar: { path: file, content }, expected: [/404/] };
        await using visit = await browser.openPage(options);
        await visit.page.goto(`${origin}/`);
        await visit.page.evaluate('window.done');
      }
      const { exchanges, notes } = readTape(file);
      assert.deepEqual(notes, []);
      const asked = exchanges.map(({ request }) => `${request.method} ${request.target}`);
      for (const one of [
        'GET /',
        'GET /dot.png',
        'POST /echo',
        'POST /form',
        'GET /moved?x=1&y=%20',
        'GET /there',
      ])
        assert.ok(asked.includes(one), `${one} is not among ${asked}`);
      assert.ok(exchanges.every(({ request }) => request.origin === origin));
      const posted = exchanges.filter(({ request }) => request.method === 'POST');
      assert.deepEqual(
        posted.map(({ request }) => request.body.toString()),
        ['{"n":1,"text":"ü"}', 'a=b+c&%C3%BC=1'],
      );
      assert.ok(exchanges.every(({ latencyMs, startedAt }) => latencyMs !== null && startedAt !== null));

      await using played = await startStandIn({ mode: 'replay', file, server: origin, latency: 0 });
      await real.stop();
      for (const { request } of exchanges) {
        const init = {
          method: request.method,
          redirect: 'manual',
          ...(request.body.length > 0 ? { body: new Uint8Array(request.body) } : {}),
        } as const;
        const got = await fetch(played.url + request.target, init);
        const bytes = Buffer.from(await got.arrayBuffer());
        const wanted = expectedOf[request.target];
        if (wanted !== undefined)
          assert.equal(bytes.toString('latin1'), wanted.toString('latin1'), request.target);
        if (request.target === '/latin1')
          assert.equal(got.headers.get('content-type'), 'text/plain; charset=utf-8');
        if (request.target === '/') assert.equal(got.headers.getSetCookie().length, 2);
        if (request.target === '/empty') assert.equal(got.status, 204);
        if (request.target === '/gone') assert.equal(got.status, 404);
        if (request.target.startsWith('/moved')) assert.equal(got.headers.get('location'), '/there');
      }
      assert.equal(played.counts.unmatched, 0);
    });
  }
});

const expectedOf: Record<string, Buffer> = {
  '/': Buffer.from(page),
  '/dot.png': picture,
  '/echo': Buffer.from('{"n":1,"text":"ü"}'),
  '/zipped': Buffer.from('zipped ü'),
  '/brotli': Buffer.from('{"ü":1}'),
  '/latin1': Buffer.from('grüße'),
  '/bytes': Buffer.from(Array.from({ length: 256 }, (_, i) => i)),
  '/there': Buffer.from('there'),
};
