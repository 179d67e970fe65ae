import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { parseAllowedHosts } from './address-kind.ts';
import { type AskOutside, askOutside, NotAllowed } from './ask-outside.ts';
import { anywhere, outsidePolicy } from './outside-policy.ts';

async function startHost(answer: RequestListener) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    seen,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const asking = (more: Partial<AskOutside> = {}): AskOutside => ({
  signal: AbortSignal.timeout(20_000),
  allowed: anywhere,
  mostBytes: 1000,
  ...more,
});

describe('the door to what a file names', () => {
  const metadata = [
    '169.254.169.254',
    '169.254.170.23',
    '168.63.129.16',
    '100.100.100.200',
    '[fd00:ec2::254]',
    '[::ffff:169.254.169.254]',
    '[64:ff9b::a9fe:a9fe]',
    '2852039166', // the first one as one number
    '0xa9.0xfe.0xa9.0xfe',
  ];

  it('never leads to what a cloud tells its machines, however the address is written and whatever is allowed', async () => {
    const all = outsidePolicy({
      allowPrivate: true,
      targets: parseAllowedHosts('169.254.0.0/16 fd00::/8'),
    });
    for (const host of metadata)
      for (const allowed of [anywhere, all])
        await assert.rejects(askOutside(`http://${host}/latest`, asking({ allowed })), NotAllowed, host);
  });

  it('leads to private addresses where the operator says so, by name as by address', async () => {
    await using host = await startHost((_, response) => response.end('hello'));
    const named = host.url.replace('127.0.0.1', 'localhost');
    for (const url of [host.url, named, host.url.replace('127.0.0.1', '2130706433')]) {
      await assert.rejects(askOutside(url, asking({ allowed: outsidePolicy({}) })), NotAllowed, url);
      for (const policy of [{ allowPrivate: true }, { targets: parseAllowedHosts('127.0.0.0/8, ::1') }])
        assert.equal((await askOutside(url, asking({ allowed: outsidePolicy(policy) }))).text, 'hello');
    }
    const allowed = outsidePolicy({ targets: parseAllowedHosts('localhost') });
    assert.equal((await askOutside(named, asking({ allowed }))).status, 200);
    await assert.rejects(askOutside(host.url, asking({ allowed })), NotAllowed);
  });

  it('looks at every redirect anew, and follows none where none is wanted', async () => {
    await using host = await startHost((request, response) => {
      const to = {
        '/meta': 'http://169.254.169.254/',
        '/file': 'file:///etc/passwd',
        '/ok': '/end',
        '/loop': '/loop',
      };
      const location = to[request.url as keyof typeof to];
      if (location) response.writeHead(302, { location }).end();
      else response.end('the end');
    });
    const follow = (path: string) => askOutside(host.url + path, asking({ redirects: 3 }));
    assert.equal((await follow('/ok')).text, 'the end');
    assert.equal((await follow('/loop')).status, 302);
    await assert.rejects(follow('/meta'), NotAllowed);
    await assert.rejects(follow('/file'), NotAllowed);
    assert.equal((await askOutside(`${host.url}/ok`, asking())).status, 302);
  });

  it('reads no more than was asked for, of packed bombs, too, and of what never ends', async () => {
    const bomb = Buffer.alloc(50_000_000, 'a');
    const packed = { gzip: gzipSync(bomb, { level: 9 }), br: brotliCompressSync(bomb.subarray(0, 5e6)) };
    await using host = await startHost((request, response) => {
      const coding = request.url!.slice(1) as keyof typeof packed;
      if (coding in packed) response.writeHead(200, { 'content-encoding': coding }).end(packed[coding]);
      else {
        response.writeHead(200);
        const more = (): void => void (response.destroyed || response.write('b'.repeat(65_536), more));
        more();
      }
    });
    for (const path of ['gzip', 'br', 'endless']) {
      const before = process.memoryUsage().rss;
      const { text, isCut } = await askOutside(`${host.url}/${path}`, asking());
      assert.equal(text.length, 1000);
      assert.ok(isCut);
      assert.ok(process.memoryUsage().rss - before < 40e6, path);
    }
  });

  it('unpacks what is whole, and says what is damaged', async () => {
    await using host = await startHost((request, response) => {
      const body = request.url === '/whole' ? gzipSync('hello') : 'no gzip';
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(body);
    });
    const { headers, ...answer } = await askOutside(`${host.url}/whole`, asking());
    assert.deepEqual(answer, { status: 200, text: 'hello', isCut: false });
    assert.equal(headers['content-encoding'], 'gzip');
    await assert.rejects(askOutside(`${host.url}/damaged`, asking()), /incorrect header/);
  });

  it('ends with the signal', async () => {
    await using host = await startHost((_, response) => void response.writeHead(200).write('begun'));
    const over = new AbortController();
    const answer = askOutside(host.url, asking({ signal: over.signal }));
    over.abort(new Error('enough'));
    await assert.rejects(answer, /enough/);
  });
});
