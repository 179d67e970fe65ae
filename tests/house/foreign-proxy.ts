import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startChaos } from '@marteau/chaos';

/** A proxy before `upstream` that is steered as a Toxiproxy is, and knows no other way. */
export async function startForeignProxy(upstream: string) {
  await using stack = new AsyncDisposableStack();
  const chaos = stack.use(
    await startChaos({
      proxies: [{ name: 'db', listen: '127.0.0.1:0', upstream }],
      control: { listen: '127.0.0.1:0' },
      statsd: null,
      ignored: [],
    }),
  );
  const control = chaos.control!.url;
  const front = createServer((asked, answer) => {
    if (asked.url?.startsWith('/api/')) return void answer.writeHead(404).end('404 page not found');
    const { method = 'GET', headers } = asked;
    const on = request(new URL(asked.url ?? '/', control), { method, headers: { ...headers, host: '' } });
    on.setHeader('host', new URL(control).host);
    on.on('response', (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(answer);
    });
    on.on('error', () => answer.destroy());
    asked.pipe(on);
  }).listen(0, '127.0.0.1');
  stack.defer(() => {
    front.close();
    front.closeAllConnections();
  });
  await once(front, 'listening');
  const proxy = chaos.proxies.get('db');
  const kept = stack.move();
  return {
    proxy,
    control: `http://127.0.0.1:${(front.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
