import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { promisify } from 'node:util';
import { createTempFolder, startTargetServer, waitUntil } from '@marteau/testkit';
import { createAuthority } from '../authority/authority.ts';
import { proxyEnvironment } from '../environment/proxy-environment.ts';
import { writeTrustFiles } from '../environment/trust-files.ts';
import { startWire } from './wire.ts';

const run = promisify(execFile);

/** A server by HTTPS of an authority of its own, and that authority's certificate in a file. */
async function openSecure() {
  const authority = await createAuthority();
  const folder = await createTempFolder();
  const trusted = join(folder.path, 'trusted.pem');
  await writeFile(trusted, authority.cert);
  const server = createServer(authority.serverFor('127.0.0.1'), (_, response) => response.end('said'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    place: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    trusted,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await folder[Symbol.asyncDispose]();
    },
  };
}

describe('HTTPS by a measuring proxy', () => {
  test('of a client that finds the authority in SSL_CERT_FILE is measured', async () => {
    await using secure = await openSecure();
    await using wire = await startWire({ server: null, marks: {}, insecure: true, rates: {} });
    await using trust = await writeTrustFiles(wire.authority!);
    const { HTTPS_PROXY = '', SSL_CERT_FILE = '' } = proxyEnvironment(wire.url, trust);
    // Nothing else, so that it is this variable that is obeyed.
    const env = { PATH: process.env.PATH, https_proxy: HTTPS_PROXY, SSL_CERT_FILE };
    const { stdout } = await run('curl', ['-sS', `https://${secure.place}/json`], { env });
    assert.equal(stdout, 'said');
    const { samples, tunnels } = wire.take();
    assert.deepEqual(
      samples.map(({ method, url, status }) => [method, url, status]),
      [['GET', `https://${secure.place}/json`, 200]],
    );
    assert.deepEqual(tunnels, {});
  });

  test('of a client that trusts nobody but the server is counted as tunnels, and reaches the server', async () => {
    await using secure = await openSecure();
    await using wire = await startWire({ server: null, marks: {}, insecure: true, rates: {} });
    const env = { PATH: process.env.PATH, https_proxy: wire.url };
    const ask = () => run('curl', ['-sS', '--cacert', secure.trusted, `https://${secure.place}/`], { env });
    await assert.rejects(ask(), /certificate/i);
    await waitUntil('the refusal to be counted', () => wire.take().tunnels[secure.place] === 1);
    assert.equal((await ask()).stdout, 'said');
    const { samples, tunnels } = wire.take();
    assert.deepEqual([samples, tunnels], [[], { [secure.place]: 2 }]);
  });

  test('of such a client to a target with limits is never passed on, however the target is spelled', async () => {
    await using secure = await openSecure();
    const [, port] = secure.place.split(':');
    const rates = { [secure.place]: 1000 };
    await using wire = await startWire({ server: null, marks: {}, insecure: true, rates });
    const ca = await readFile(secure.trusted);
    for (const host of ['127.0.0.1', '127.0.0.1', '127.1', '127.1', '0X7F.0.0.1', '127.0.0.1.']) {
      const socket = connectTcp(Number(new URL(wire.url).port), '127.0.0.1');
      socket.write(`CONNECT ${host}:${port} HTTP/1.1\r\nHost: x\r\n\r\n`);
      assert.match(String(await once(socket, 'data')), /^HTTP\/1\.1 200 /);
      const shown = once(connectTls({ socket, ca, host: '127.0.0.1' }), 'secureConnect');
      await assert.rejects(shown, /certificate/i, host);
      socket.destroy();
    }
    assert.ok(Object.keys(wire.take().tunnels).every((place) => place === secure.place));
  });
});

test('no more requests a second go to a target than it allows, and who waited is told', async () => {
  await using target = await startTargetServer();
  const { host } = new URL(target.url);
  await using wire = await startWire({
    server: target.url,
    marks: {},
    insecure: false,
    rates: { [host]: 20 },
  });
  const begin = performance.now();
  const answers = await Promise.all(Array.from({ length: 11 }, () => fetch(`${wire.url}/json`)));
  // The first goes at once, and the others one each 50 ms, but for what a timer may be early.
  assert.ok(performance.now() - begin >= 450);
  assert.ok(answers.every(({ status }) => status === 200));
  const { waited, samples } = wire.take();
  assert.deepEqual([waited, samples.length], [[host], 11]);
});
