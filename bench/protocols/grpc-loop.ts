import { credentials, makeGenericClientConstructor } from '@grpc/grpc-js';
import { service } from './grpc-service.ts';

// The bare loop of @grpc/grpc-js: as many clients as asked for, each calls as soon as the last answer has come.

const [target = '', clients = '50', bytes = '100'] = process.argv.slice(2);
const Echo = makeGenericClientConstructor(service, 'Echo');
const message = Buffer.alloc(Number(bytes), 'x');

for (let n = 0; n < Number(clients); n += 1) {
  // Clients of one address share a connection unless they are told not to.
  const client = new Echo(target, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });
  const call = () =>
    client.get!(message, (error: Error | null, answer: Buffer) => {
      if (error) throw error;
      if (answer.length !== message.length) throw new Error('something else came back');
      call();
    });
  call();
}
