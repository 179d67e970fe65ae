import { createServer } from 'node:http';
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import { service } from './grpc-service.ts';

// Says back what comes by gRPC on one port; on the other, GET / tells how often.

const [port = '', told = ''] = process.argv.slice(2);
let calls = 0;

const server = new Server();
server.addService(service, {
  get({ request }: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) {
    calls += 1;
    answer(null, request);
  },
});
server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error) => {
  if (error) throw error;
  createServer((_request, response) => response.end(String(calls))).listen(Number(told), '127.0.0.1');
});
