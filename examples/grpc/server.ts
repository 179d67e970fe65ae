// Prices over gRPC, and /health over HTTP, on one port.
//
//     PORT=8080 node server.ts

import { createServer } from 'node:http';
import { createServer as listenOn } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import grpc from '@grpc/grpc-js';
import { type Price, Prices, type Thing } from './prices/service.ts';

const cents = new Map([
  ['tea', 320],
  ['coffee', 350],
  ['cake', 480],
]);
const CHANGES = 5;
const BETWEEN_MS = 20;

const service = new grpc.Server();
service.addService(Prices.service, {
  get({ request: { name } }: grpc.ServerUnaryCall<Thing, Price>, answer: grpc.sendUnaryData<Price>) {
    const price = cents.get(name);
    if (price === undefined) answer({ code: grpc.status.NOT_FOUND, details: `nobody sells ${name}` });
    else answer(null, { name, cents: price });
  },
  async watch(call: grpc.ServerWritableStream<Thing, Price>) {
    const { name } = call.request;
    for (let change = 0; change < CHANGES && !call.cancelled; change += 1) {
      call.write({ name, cents: (cents.get(name) ?? 0) + change });
      await sleep(BETWEEN_MS);
    }
    call.end();
  },
});
const calls = service.createConnectionInjector(grpc.ServerCredentials.createInsecure());

const health = createServer(({ url }, response) => {
  if (url === '/health') response.end('ok\n');
  else response.writeHead(404).end('There are prices only: call prices.v1.Prices.\n');
});

/** With which a client of HTTP/2 begins. */
const PREFACE = 'PRI * HTTP/2.0';

listenOn((socket) => {
  socket.once('readable', () => {
    const first: Buffer | null = socket.read();
    if (first === null) return;
    socket.unshift(first);
    if (PREFACE.startsWith(first.toString('latin1', 0, PREFACE.length))) calls.injectConnection(socket);
    else health.emit('connection', socket);
  });
  socket.on('error', () => socket.destroy());
}).listen(Number(process.env.PORT ?? 8080), '127.0.0.1');
