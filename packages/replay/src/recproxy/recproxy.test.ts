import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { createTempFolder } from '@marteau/testkit';
import { Agent, request as requestUndici } from 'undici';
import { startHttpsServer } from '../fixtures/https-server.ts';
import { startStub } from '../stub/stub-server.ts';
import { recproxy } from './recproxy.ts';
import { taped } from './taped.ts';

const pair = (request: string, body: string) =>
  `${request} HTTP/1.1\n\n\n200 OK\nContent-Length: ${body.length}\n\n${body}\n\n`;

const byNode = (get: typeof requestHttp, url: string) =>
  new Promise<string>((resolve, reject) => {
    get(url, async (answer) => resolve(Buffer.concat(await answer.toArray()).toString()))
      .on('error', reject)
      .end();
  });

/** Each way in which this process can ask. */
const clients: Record<string, (url: string) => Promise<string>> = {
  fetch: async (url) => (await fetch(url)).text(),
  'node:http': (url) =>
    byNode(url.startsWith('https') ? (requestHttps as typeof requestHttp) : requestHttp, url),
  undici: async (url) => (await requestUndici(url)).body.text(),
  'an agent of its own': async (url) => {
    const dispatcher = new Agent();
    try {
      return await (await requestUndici(url, { dispatcher })).body.text();
    } finally {
      await dispatcher.close();
    }
  },
};

for (const scheme of ['http', 'https'] as const) {
  for (const [name, get] of Object.entries(clients)) {
    test(`${name} gets its ${scheme} answers from the tape, and from nowhere once that has ended`, async () => {
      await using folder = await createTempFolder();
      const file = join(folder.path, 'a.rec');
      await writeFile(file, pair('GET /a?b=1', 'recorded'));
      const url = `${scheme}://api.third-party.invalid/a?b=1`;
      {
        await using tape = await recproxy(scheme, 'api.third-party.invalid', file);
        assert.equal(await get(url), 'recorded');
        assert.equal(await get(url), 'recorded');
        assert.equal(tape.counts.replayed, 2);
      }
      await assert.rejects(get(url));
    });
  }
}

test('several servers at once, each with its tape', async () => {
  await using folder = await createTempFolder();
  const tapes = ['one', 'two'].map((name) => join(folder.path, `${name}.rec`));
  for (const [i, file] of tapes.entries()) await writeFile(file, pair('GET /', `tape ${i + 1}`));
  const run = taped(
    'https',
    'one.invalid',
    tapes[0]!,
    taped('http', 'two.invalid:8080', tapes[1]!, async (context: string, outer, inner) => {
      assert.equal(context, 'the context');
      assert.equal(await (await fetch('https://one.invalid')).text(), 'tape 1');
      assert.equal(await (await fetch('http://two.invalid:8080')).text(), 'tape 2');
      assert.deepEqual([outer.counts.calls, inner.counts.calls], [1, 1]);
    }),
  );
  await run('the context');
});

test('a test whose requests were not on the tape fails, and says which', async () => {
  await using folder = await createTempFolder();
  const file = join(folder.path, 'a.rec');
  await writeFile(file, pair('GET /a', 'a'));
  const forgiving = taped(
    'http',
    'api.invalid',
    file,
    async () => void (await fetch('http://api.invalid/b')),
  );
  await assert.rejects(
    forgiving({}),
    /GET \/b is not on the tape\. The nearest recording is GET \/a \(line 1\)/,
  );
  const own = taped('http', 'api.invalid', file, async () => {
    assert.equal((await fetch('http://api.invalid/b')).status, 200);
  });
  await assert.rejects(own({}), /501 !== 200/);
  await assert.rejects(recproxy('http', 'api.invalid', join(folder.path, 'gone.rec')), /with PROXY=1/);
});

test('PROXY=1 records from the real server, though its host is redirected', async () => {
  await using folder = await createTempFolder();
  const file = join(folder.path, 'tapes/a.rec');
  const real = await startHttpsServer('localhost', (_, response) => response.end('real'));
  const url = `https://localhost:${real.port}/`;
  process.env.PROXY = '1';
  try {
    await using tape = await recproxy('https', `localhost:${real.port}`, file, { upstreamCa: real.ca });
    assert.equal(await (await fetch(url)).text(), 'real');
    assert.deepEqual([tape.mode, tape.counts.recorded], ['record', 1]);
  } finally {
    delete process.env.PROXY;
  }
  await real.stop();
  await using tape = await recproxy('https', `localhost:${real.port}`, file);
  assert.equal(await (await fetch(url)).text(), 'real');
  assert.equal(tape.mode, 'replay');
});

test('a host has one stand-in at a time', async () => {
  await using folder = await createTempFolder();
  const file = join(folder.path, 'a.rec');
  await writeFile(file, pair('GET /', 'a'));
  await using _first = await recproxy('http', 'api.invalid', file);
  await assert.rejects(recproxy('http', 'API.invalid', file), /has a stand-in already/);
});

test('what is not redirected goes where it should', async () => {
  await using folder = await createTempFolder();
  await using real = await startStub();
  real.on('GET /', { body: 'real' });
  const file = join(folder.path, 'a.rec');
  await writeFile(file, pair('GET /', 'a'));
  await using _tape = await recproxy('http', 'api.invalid', file);
  assert.equal(await (await fetch(real.url)).text(), 'real');
});

test('programs in other languages come by the environment', async () => {
  await using folder = await createTempFolder();
  const file = join(folder.path, 'a.rec');
  await writeFile(file, pair('GET /', 'a'));
  await using tape = await recproxy('https', 'api.invalid', file);
  const env = { PATH: process.env.PATH, ...tape.env };
  assert.equal((await promisify(execFile)('curl', ['-sS', 'https://api.invalid/'], { env })).stdout, 'a');
});
