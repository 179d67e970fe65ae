import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { test } from 'node:test';
import { openFetch } from '../fixtures/open-fetch.ts';
import { selfSigned } from '../fixtures/self-signed.ts';

async function listen(server: Server): Promise<{ port: number } & AsyncDisposable> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
    },
  };
}

test('who answers at the target is known by address, Server header and TLS', async () => {
  const certificate = await selfSigned('DNS:localhost');
  await using server = await listen(
    createTlsServer(certificate, (_request, response) => {
      response.writeHead(200, { server: 'shop/7', connection: 'close' }).end('hello');
    }),
  );
  const target = `https://localhost:${server.port}`;
  using user = openFetch({ target, tls: { rejectUnauthorized: true, ca: certificate.cert } });
  for (let i = 0; i < 2; i++) await (await user.fetch('/')).text();
  const { addresses, servers, tls } = user.client.peer.known;
  assert.deepEqual([addresses, servers], [['127.0.0.1'], ['shop/7']]);
  // The second connection resumes the session of the first, which shows no certificate.
  assert.match(tls.join(), /^TLSv1\.\d \w+, certificate of .+ until 2099-01-01$/);
});

test('others than the target are not; where the script alone knows its target, whoever it calls is', async () => {
  let name = 'one';
  await using server = await listen(
    createHttpServer((_request, response) => {
      response.writeHead(200, { Server: name, connection: 'close' }).end();
    }),
  );
  const url = `http://127.0.0.1:${server.port}/`;
  using elsewhere = openFetch({ target: 'http://shop.example.com' });
  await (await elsewhere.fetch(url)).text();
  assert.deepEqual(elsewhere.client.peer.known, { addresses: [], servers: [], tls: [] });
  using user = openFetch();
  await (await user.fetch(url)).text();
  name = 'two';
  await (await user.fetch(url)).text();
  assert.deepEqual(user.client.peer.known, {
    addresses: ['127.0.0.1'],
    servers: ['one', 'two'],
    tls: [],
  });
});
