import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createTempFolder, freePort, type TempFolder, waitUntil } from '@marteau/testkit';
import { sendRaw } from '../fixtures/raw.ts';
import { startStub } from '../stub/stub-server.ts';
import { readTape } from '../tape/read-tape.ts';
import type { StandInEvent, StandInOptions } from './options.ts';
import { startStandIn } from './stand-in.ts';

let folder: TempFolder;
before(async () => {
  folder = await createTempFolder();
});
after(() => folder[Symbol.asyncDispose]());

const newFile = (ending = 'rec') => join(folder.path, `${Math.random()}.${ending}`);

async function standIn(options: StandInOptions) {
  const events: StandInEvent[] = [];
  return Object.assign(
    await startStandIn({ latency: 0, onEvent: (event) => events.push(event), ...options }),
    {
      events,
    },
  );
}

/** A real server that is no stub: it writes what it likes. */
async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

for (const ending of ['rec', 'har']) {
  describe(`a session on a .${ending}`, () => {
    test('what was recorded is replayed byte by byte, with the real server gone', async () => {
      const file = newFile(ending);
      const binary = Buffer.from(Array.from({ length: 3000 }, (_, i) => i % 256));
      const real = await startStub();
      real.on('GET /text', {
        headers: { 'Content-Type': 'text/plain', 'X-Twice': ['1', '2'] },
        body: 'grüße\n\n',
      });
      real.on('GET /binary', { body: binary });
      real.on('GET /chunked', { headers: { 'Transfer-Encoding': 'chunked' }, body: 'a'.repeat(100) });
      real.on('GET /zipped', { headers: { 'Content-Encoding': 'gzip' }, body: gzipSync('zipped') });
      real.on('POST /echo', ({ body }) => ({ status: 201, body }));
      real.on('GET /twice', { body: 'first' }, { status: 503, body: 'second' });
      const asked: [string, RequestInit?][] = [
        ['/text?b=2&a=1'],
        ['/binary'],
        ['/chunked'],
        ['/zipped'],
        ['/echo', { method: 'POST', body: binary }],
        ['/echo', { method: 'POST', body: 'plain' }],
        ['/twice'],
        ['/twice'],
      ];
      const session = async (url: string) => {
        const answers = [];
        for (const [path, init] of asked) {
          const answer = await fetch(url + path, init);
          const headers = [...answer.headers].filter(
            ([name]) => !['connection', 'keep-alive', 'date'].includes(name),
          );
          answers.push({ status: answer.status, headers, body: Buffer.from(await answer.arrayBuffer()) });
        }
        return answers;
      };
      const server = real.url;
      let live: unknown;
      {
        await using recorder = await standIn({ mode: 'record', file, server });
        live = await session(recorder.url);
        assert.equal(recorder.counts.recorded, asked.length);
      }
      await real.stop();
      await using player = await standIn({ mode: 'replay', file, server });
      assert.deepEqual(await session(player.url), live);
      assert.deepEqual([player.counts.unmatched, player.counts.replayed], [0, asked.length]);
    });

    test('replayOrRecord adds what is missing', async () => {
      const file = newFile(ending);
      await using real = await startStub();
      real.on('GET /a', { body: 'a' }, { body: 'not again' });
      real.on('GET /b', { body: 'b' });
      const options = { mode: 'replayOrRecord', file, server: real.url } as const;
      for (const calls of [1, 2, 2]) {
        await using both = await standIn(options);
        assert.equal(await (await fetch(`${both.url}/a`)).text(), 'a');
        if (calls === 2) assert.equal(await (await fetch(`${both.url}/b`)).text(), 'b');
      }
      assert.equal(real.calls.length, 2);
      assert.equal(readTape(file).exchanges.length, 2);
    });

    test('a HAR or tape of somebody else is added to', async () => {
      const file = newFile(ending);
      const foreign = {
        rec: 'GET /old HTTP/1.1\n\n\n200 OK\n\nold',
        har: JSON.stringify({
          log: { entries: [{ request: { method: 'GET', url: 'http://x/old' }, response: { status: 200 } }] },
        }),
      };
      await writeFile(file, foreign[ending as 'rec']);
      await using real = await startStub();
      real.on('GET /new', { body: 'new' });
      await using both = await standIn({ mode: 'replayOrRecord', file, server: real.url });
      await (await fetch(`${both.url}/new`)).text();
      assert.deepEqual(
        readTape(file).exchanges.map(({ request }) => request.target),
        ['/old', '/new'],
      );
    });
  });
}

describe('recording', () => {
  test('writes what a person would write, without secrets', async () => {
    const file = newFile();
    await using real = await startStub();
    real.on('POST /statuses/update.json', {
      headers: { 'Set-Cookie': 'sid=abcd1234efgh; Path=/' },
      json: { id: 123 },
    });
    {
      await using recorder = await standIn({ mode: 'record', file, server: real.url });
      const headers = { Authorization: 'Bearer hunter22hunter22', 'User-Agent': 'test', Accept: '*/*' };
      const body = new URLSearchParams({ status: 'hello', token: 'tok-1234567890' });
      await (await fetch(`${recorder.url}/statuses/update.json`, { method: 'POST', headers, body })).json();
    }
    const text = await readFile(file, 'utf8');
    assert.match(text, /^# \d{4}-.*Z [\d.]+ ms\nPOST \/statuses\/update\.json HTTP\/1\.1\n/);
    assert.match(text, new RegExp(`^host: ${new URL(real.url).host}$`, 'im'));
    assert.match(text, /^authorization: Bearer XXX$/im);
    assert.match(text, /\n\nstatus=hello&token=XXX\n\n200 OK\n/);
    assert.match(text, /^Set-Cookie: sid=[a-z]{4}\d{4}[a-z]{4}; Path=\/$/m);
    assert.match(text, /\n\n\{"id":123\}\n$/);
    assert.doesNotMatch(text, /hunter22|tok-123|abcd1234efgh/);
    assert.equal(real.calls[0]!.headers.authorization, 'Bearer hunter22hunter22');
  });

  test('passes on as it streams, and cuts what is too large for a tape', async () => {
    const file = newFile();
    const chunk = 'x'.repeat(50_000);
    let more = () => {};
    await using real = await serve((_, response) => {
      response.write(chunk);
      more = () => void response.end(chunk);
    });
    await using recorder = await standIn({ mode: 'record', file, server: real.url, cap: 60_000 });
    const { body } = await fetch(`${recorder.url}/`);
    let received = 0;
    for await (const part of body!) {
      received += part.length;
      if (received === chunk.length) more(); // the rest is sent once the first half is here
    }
    assert.equal(received, 2 * chunk.length);
    const [exchange] = await waitUntil('the exchange', () => readTape(file).exchanges);
    assert.equal(exchange!.answer.body.length, 60_000);
    assert.equal(exchange!.answer.cutFrom, 100_000);
    assert.match(await readFile(file, 'utf8'), /^# body: cut from 100000 bytes$/m);
  });

  test('trailers, 100-continue and uploads in chunks reach the server; the tape says that there were trailers', async () => {
    const file = newFile();
    const seen: unknown[] = [];
    await using real = await serve(async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString();
      seen.push([body, request.rawTrailers, request.headers.expect]);
      response.writeHead(200, { Trailer: 'X-Sum' });
      response.write('ok');
      response.addTrailers({ 'X-Sum': '7' });
      response.end();
    });
    await using recorder = await standIn({ mode: 'record', file, server: real.url });
    const answer = await sendRaw(
      recorder.port,
      'POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n',
    );
    assert.deepEqual(seen, [['abc', ['X-T', '1'], undefined]]);
    assert.match(answer, /\r\n0\r\nX-Sum: 7\r\n\r\n$/);
    const [exchange] = await waitUntil('the exchange', () => readTape(file).exchanges);
    assert.equal(
      exchange!.comment,
      'The trailers of the request (X-T) are not on the tape.\nThe trailers of the answer (X-Sum) are not on the tape.',
    );
    await using player = await standIn({ mode: 'replay', file, server: real.url });
    const replayed = await sendRaw(
      player.port,
      'POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc',
    );
    assert.match(replayed, /\r\n\r\n2\r\nok\r\n0\r\n\r\n$/);
    assert.doesNotMatch(replayed, /X-Sum/);
  });

  test('a redirect to the real server leads back to the stand-in; the tape has it as it was', async () => {
    const file = newFile();
    const real = await startStub();
    real.on('GET /a', ({ headers }) => ({
      status: 302,
      headers: { Location: `http://${headers.host}/b?x=1` },
    }));
    real.on('GET /b', { body: 'there' });
    real.on('GET /away', { status: 302, headers: { Location: 'http://elsewhere.invalid/b' } });
    const session = async (url: string) => {
      assert.equal(await (await fetch(`${url}/a`)).text(), 'there');
      const away = await fetch(`${url}/away`, { redirect: 'manual' });
      assert.equal(away.headers.get('location'), 'http://elsewhere.invalid/b');
    };
    {
      await using recorder = await standIn({ mode: 'record', file, server: real.url });
      await session(recorder.url);
      assert.equal(recorder.counts.recorded, 3);
    }
    await real.stop();
    assert.match(await readFile(file, 'utf8'), new RegExp(`^Location: ${real.url}/b\\?x=1$`, 'm'));
    for (const server of [real.url, 'http://localhost']) {
      await using player = await standIn({ mode: 'replay', file, server });
      await session(player.url);
      assert.equal(player.counts.unmatched, 0);
    }
  });

  test('a client that leaves in the middle of an answer is told of, and not the server', async () => {
    await using real = await serve((_, response) => {
      response.writeHead(200, { 'Content-Length': 100 });
      response.write('half');
    });
    await using recorder = await standIn({ mode: 'record', file: newFile(), server: real.url });
    const leave = new AbortController();
    const answer = await fetch(`${recorder.url}/`, { signal: leave.signal });
    leave.abort();
    await assert.rejects(answer.text());
    await waitUntil('the event', () => recorder.events.length > 0);
    assert.match(recorder.events[0]!.sentence, /A client did not wait for the end of the answer to GET \//);
    assert.equal(recorder.counts.recorded, 0);
  });

  test('an answer that breaks off is not on the tape', async () => {
    const file = newFile();
    await using real = await serve((_, response) => {
      response.writeHead(200, { 'Content-Length': 100 });
      response.write('half', () => response.socket?.destroy());
    });
    await using recorder = await standIn({ mode: 'record', file, server: real.url });
    await assert.rejects(fetch(`${recorder.url}/`).then((answer) => answer.text()));
    await waitUntil('the event', () =>
      recorder.events.some(({ sentence }) => /broke off its answer/.test(sentence)),
    );
    assert.equal(recorder.counts.recorded, 0);
  });

  test('a server that is not there is a 502 with a sentence, and is not on the tape', async () => {
    const server = `http://127.0.0.1:${await freePort()}`;
    await using recorder = await standIn({ mode: 'record', file: newFile(), server });
    const answer = await fetch(recorder.url);
    assert.equal(answer.status, 502);
    assert.match(await answer.text(), /Nothing listens at .*Start the server, or replay its tape/);
    assert.equal(recorder.counts.recorded, 0);
  });

  test('an upgraded connection passes through and is not on the tape', async () => {
    await using real = await serve(() => {});
    real.server.on('upgrade', (_, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
      socket.on('data', (data) => socket.end(`echo ${data}`));
    });
    await using recorder = await standIn({ mode: 'record', file: newFile(), server: real.url });
    const socket = connect(recorder.port, '127.0.0.1');
    let received = '';
    socket.on('data', (data) => {
      received += data;
      if (received.endsWith('\r\n\r\n')) socket.write('hello');
    });
    socket.write('GET /live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await once(socket, 'close');
    assert.match(received, /echo hello$/);
    assert.match(recorder.events[0]!.sentence, /upgrade to websocket; what passes there is not on the tape/);
  });

  test('a second recorder on the same file is refused; the lock of a dead one is not', async () => {
    const file = newFile();
    const options = { mode: 'record', file, server: 'http://127.0.0.1:1' } as const;
    {
      await using _first = await standIn(options);
      await assert.rejects(standIn(options), {
        code: 'tape-busy',
        message: new RegExp(`process ${process.pid}`),
      });
    }
    await writeFile(`${file}.lock`, '999999999');
    await using again = await standIn(options);
    assert.ok(again.port > 0);
  });

  test('the old tape stays until something is recorded', async () => {
    const file = newFile();
    await writeFile(file, 'old');
    await using recorder = await standIn({
      mode: 'record',
      file,
      server: `http://127.0.0.1:${await freePort()}`,
    });
    await fetch(recorder.url);
    assert.equal(await readFile(file, 'utf8'), 'old');
  });
});

describe('the other modes', () => {
  test('off passes on and writes nothing', async () => {
    await using real = await startStub();
    real.on('GET /', { body: 'real' });
    await using through = await standIn({ mode: 'off', file: null, server: real.url });
    assert.equal(await (await fetch(through.url)).text(), 'real');
    assert.deepEqual([through.counts.passed, through.counts.recorded], [1, 0]);
  });

  test('unmatched: pass asks the real server', async () => {
    const file = newFile();
    await writeFile(file, 'POST /a HTTP/1.1\n\nx\n\n200 OK\n\ntape\n');
    await using real = await startStub();
    real.on('POST /a', ({ body }) => ({ body: `real ${body}` }));
    await using player = await standIn({ mode: 'replay', file, server: real.url, unmatched: 'pass' });
    const post = async (body: string) => (await fetch(`${player.url}/a`, { method: 'POST', body })).text();
    assert.deepEqual([await post('x'), await post('y')], ['tape', 'real y']);
    assert.deepEqual([player.counts.unmatched, player.counts.passed], [1, 1]);
  });

  test('diff tells what changed since the tape', async () => {
    const file = newFile();
    await using real = await startStub();
    real.on('GET /same', { json: { token: 'abcdefgh12345678' } }, { json: { token: 'ijklmnop12345678' } });
    real.on('GET /json', { json: { a: 1, b: { c: 2 }, d: 3 } }, { json: { a: 1, b: { c: 9 }, e: 3 } });
    real.on('GET /text', { body: 'one two' }, { status: 500, body: 'one three' });
    {
      await using recorder = await standIn({ mode: 'record', file, server: real.url });
      for (const path of ['same', 'json', 'text']) await (await fetch(`${recorder.url}/${path}`)).text();
    }
    await using compared = await standIn({ mode: 'diff', file, server: real.url });
    for (const path of ['same', 'json', 'text', 'new']) await (await fetch(`${compared.url}/${path}`)).text();
    const said = compared.events.map(({ kind, sentence }) => `${kind}: ${sentence}`);
    assert.equal(said.length, 3);
    assert.match(
      said[0]!,
      /^difference: GET \/json \(line \d+\) is answered otherwise now: b\.c is 9, was 2; d is gone; e is new\.$/,
    );
    assert.match(
      said[1]!,
      /GET \/text .*status 500, was 200; from character 6 the body is 'one three', was 'one two'/,
    );
    assert.match(said[2]!, /^unmatched: GET \/new is not on the tape/);
    assert.deepEqual([compared.counts.differing, compared.counts.unmatched], [2, 1]);
  });
});
