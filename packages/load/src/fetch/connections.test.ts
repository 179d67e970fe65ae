import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openFetch } from '../fixtures/open-fetch.ts';
import { Resolver } from './resolver.ts';

const MEGABYTE = Buffer.alloc(1024 * 1024, 'x');

describe('a body that nobody reads', () => {
  it('blocks no other request, and can still be read', async () => {
    await using server = await startServer((_, response) => response.end(MEGABYTE));
    using user = openFetch({ target: server.url, requestTimeoutMs: 10_000 });
    const responses = [];
    for (let i = 0; i < 12; i++) responses.push(await user.fetch(`/${i}`));
    for (const response of responses) assert.equal((await response.text()).length, MEGABYTE.length);
    await user.agent.settle();
    assert.deepEqual(user.outcomes(), Array(12).fill(200));
  });

  it('is read to its end when the iteration is over, and its connection used again', async () => {
    await using server = await startServer((_, response) => response.end(MEGABYTE));
    using user = openFetch({ target: server.url });
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 8; i++) assert.equal((await user.fetch('/')).status, 200);
      await user.agent.settle();
    }
    assert.equal(user.exchanges.length, 24);
    assert.ok(server.connections() <= 16, `${server.connections()} connections`);
  });
});

describe('of several addresses', () => {
  it('one that takes no connection is passed over after a moment, and then left out', async () => {
    await using server = await startServer((_, response) => response.end('good'), '127.0.0.2');
    await using stuck = await startStuck(server.port);
    using user = openFetch();
    user.client.resolver = resolverOf(['127.0.0.1', '127.0.0.2']);
    const begun = performance.now();
    for (let i = 0; i < 20; i++) {
      assert.equal(await (await user.fetch(`http://two.example:${server.port}/`)).text(), 'good');
      user.agent.closeIdle();
    }
    assert.deepEqual(user.outcomes(), Array(20).fill(200));
    // Each would have waited for minutes; how long a connection takes is the machine's.
    assert.ok(performance.now() - begun < 30_000);
    assert.ok(stuck.pid);
  });

  it('those of a family that is no way at all come after one that works', async () => {
    await using server = await startServer((_, response) => response.end('good'));
    using user = openFetch();
    user.client.resolver = resolverOf(['::2', '127.0.0.1']);
    assert.equal(await (await user.fetch(`http://two.example:${server.port}/`)).text(), 'good');
  });

  it('when none takes a connection, what the last one said is told', async () => {
    using user = openFetch();
    user.client.resolver = resolverOf(['127.0.0.1', '127.0.0.2']);
    await assert.rejects(user.fetch('http://two.example:2/'), ({ cause }: Error) =>
      /ECONNREFUSED/.test(String(cause)),
    );
  });
});

function resolverOf(addresses: readonly string[]): Resolver {
  return new Resolver(
    () => performance.now(),
    (_host, _options, done) =>
      done(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      ),
  );
}

async function startServer(answer: NonNullable<Parameters<typeof createServer>[1]>, host = '127.0.0.1') {
  let connections = 0;
  const server: Server = createServer({}, answer);
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://${host}:${port}`,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A process that listens on 127.0.0.1 and takes no more connections: it is stopped, and its backlog is full. */
async function startStuck(port: number) {
  const listen = `require('node:net').createServer().listen({ port: ${port}, host: '127.0.0.1', backlog: 1 }, () => console.log('ready'))`;
  const child: ChildProcess = spawn(process.execPath, ['-e', listen], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout!, 'data');
  child.kill('SIGSTOP');
  const fillers: Socket[] = [];
  for (let isFull = false; !isFull && fillers.length < 50; ) {
    const filler = connect(port, '127.0.0.1');
    fillers.push(filler);
    isFull = !(await Promise.race([once(filler, 'connect').then(() => true), sleep(500, false)]));
  }
  return {
    pid: child.pid,
    async [Symbol.asyncDispose]() {
      for (const filler of fillers) filler.destroy();
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
