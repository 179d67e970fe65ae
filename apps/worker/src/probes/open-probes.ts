import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Meters } from '@marteau/meters';
import { hostInUrl, isLoopback } from '@marteau/net';
import type { Worker } from '../worker.ts';

interface Probes {
  url: string;
  close(): Promise<void>;
}

/**
 * Answers those who start and end workers, with a status and little else:
 *
 *     /healthz   200: the process answers
 *     /readyz    200: it takes runs; 503: it is leaving
 *     /busyz     200: it is at work; 503: it may be ended without harm
 *     /metrics   its figures; from other machines with the access token, or a key for metrics
 *
 * @throws what keeps it from listening there
 */
export async function openProbes(
  { host, port }: { host: string; port: number },
  worker: Pick<Worker, 'standing' | 'metrics' | 'mayWatch'>,
): Promise<Probes> {
  const server = createServer({ requestTimeout: 10_000 }, (request, response) => {
    if (request.url === '/metrics')
      return void tellFigures(worker, request, response, isLoopback(host)).catch(() => response.destroy());
    const { isLeaving, isBusy } = worker.standing();
    const answers: Record<string, [boolean, string]> = {
      '/healthz': [true, 'ok'],
      '/readyz': [!isLeaving, isLeaving ? 'leaving' : 'ok'],
      '/busyz': [isBusy, isBusy ? 'busy' : 'idle'],
    };
    const [isSo, status] = answers[request.url ?? ''] ?? [null, 'no such probe: /healthz, /readyz, /busyz'];
    response.writeHead(isSo === null ? 404 : isSo ? 200 : 503, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
    });
    response.end(`${JSON.stringify({ status })}\n`);
  });
  server.listen(port, host);
  await once(server, 'listening');
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${hostInUrl(host)}:${actual}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function tellFigures(
  worker: Pick<Worker, 'metrics' | 'mayWatch'>,
  { headers }: IncomingMessage,
  response: ServerResponse,
  isOpen: boolean,
): Promise<void> {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
  if (isOpen || (await worker.mayWatch(bearer))) {
    response.writeHead(200, { 'content-type': Meters.CONTENT_TYPE, 'cache-control': 'no-store' });
    response.end(await worker.metrics());
  } else {
    response.writeHead(401, { 'www-authenticate': 'Bearer' });
    response.end('The figures take the access token, or a key for metrics, as a Bearer token.\n');
  }
}
