import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { startProxy } from '@marteau/chaos';
import { waitUntil } from '@marteau/testkit';
import { median } from '../bench.ts';
import { residentMemory } from '../load/processor-time.ts';
import { startOurs } from './contenders.ts';

const manyRequests = 100_000;

/** How long a round trip takes longer with `latency 100ms` on the way back, at p50, in ms. */
export async function latencyError(folder: string): Promise<number> {
  await using echo = await startServer((socket) => socket.pipe(socket));
  const behaviors = [{ behavior: 'latency', direction: 'downstream', options: { latency: 100 } }];
  await using proxy = await startOurs('latency', echo.port, folder, { behaviors });
  const trips: number[] = [];
  const socket = connect({ port: proxy.port, host: '127.0.0.1', noDelay: true });
  for (let i = 0; i < 50; i++) {
    const start = performance.now();
    socket.write('x');
    await once(socket, 'data');
    trips.push(performance.now() - start);
  }
  socket.destroy();
  return Math.abs(median(trips) - 100);
}

/** By which part `bandwidth 1 MB/s` misses its rate over three seconds. */
export async function bandwidthError(folder: string): Promise<number> {
  const size = 3_000_000;
  await using source = await startServer((socket) => socket.write(Buffer.alloc(size)));
  const behaviors = [{ behavior: 'bandwidth', options: { rate: '1MB/s' } }];
  await using proxy = await startOurs('bandwidth', source.port, folder, { behaviors });
  const start = performance.now();
  const socket = connect(proxy.port, '127.0.0.1');
  let got = 0;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    got += chunk.length;
    if (got === size) break;
  }
  return Math.abs(size / ((performance.now() - start) / 1000) / 1e6 - 1);
}

/**
 * Memory of the proxy's process with so many idle connections, in MB. Each takes two descriptors here and there; where
 * the system gives fewer, as many are opened as it lets, and the figure is scaled up with the process's own part.
 */
export async function idleMemory(wanted: number, folder: string): Promise<number> {
  const count = Math.min(wanted, Math.floor((descriptors() - 200) / 200) * 100);
  let accepted = 0;
  await using backend = await startServer(() => accepted++);
  await using proxy = await startOurs('idle', backend.port, folder, {});
  const sockets: Socket[] = [];
  for (let i = 0; i < count; i += 100) {
    const some = Array.from({ length: 100 }, () => connect(proxy.port, '127.0.0.1'));
    await Promise.all(some.map((socket) => once(socket, 'connect')));
    sockets.push(...some);
  }
  await waitUntil('all connections to reach the backend', () => accepted >= count);
  const megabytes = (residentMemory(proxy.pid) / 1e6) * (wanted / count);
  for (const socket of sockets) socket.destroy();
  return megabytes;
}

/** How many files and sockets a process may have open here. */
function descriptors(): number {
  return Number(execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' })) || 1e6; // it may say "unlimited"
}

/**
 * By how much the part that is hit of 100,000 requests at 20 % is off.
 * @throws when the same seed hits others the second time
 */
export async function shareError(redisPort: number): Promise<number> {
  const [first, second] = [await hitsAt20Percent(redisPort), await hitsAt20Percent(redisPort)];
  if (first.join() !== second.join()) throw new Error('The same seed hit other requests the second time.');
  return Math.abs(first.length / manyRequests - 0.2);
}

/** The numbers of the requests that were hit, sent in pipelines of any length. */
async function hitsAt20Percent(redisPort: number): Promise<number[]> {
  const behaviors = [{ behavior: 'error', probability: 0.2 }];
  const upstream = `127.0.0.1:${redisPort}`;
  await using proxy = await startProxy({ upstream, protocol: 'redis', seed: 42, behaviors });
  const socket = connect(Number(proxy.address.split(':')[1]), '127.0.0.1');
  const answers: string[] = [];
  let rest = '';
  for (let sent = 0; sent < manyRequests; ) {
    const some = Math.min(1 + Math.floor(Math.random() * 500), manyRequests - sent);
    socket.write('PING\r\n'.repeat(some));
    sent += some;
    while (answers.length < sent) {
      const lines = (rest + (await once(socket, 'data'))[0]).split('\r\n');
      rest = lines.pop()!;
      answers.push(...lines);
    }
  }
  socket.destroy();
  return answers.flatMap((answer, i) => (answer.startsWith('-') ? i : []));
}

async function startServer(serve: (socket: Socket) => void): Promise<AsyncDisposable & { port: number }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket);
  }).listen(0, '127.0.0.1', 8192);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
