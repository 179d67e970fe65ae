// The least that a proxy in Node can be: two pipes. Arguments: port, backend's port.
import { connect, createServer } from 'node:net';

const [port, backend] = process.argv.slice(2).map(Number);

createServer({ noDelay: true }, (client) => {
  const server = connect({ host: '127.0.0.1', port: backend!, noDelay: true });
  client.pipe(server);
  server.pipe(client);
  client.on('error', () => server.destroy());
  server.on('error', () => client.destroy());
}).listen(port, '127.0.0.1');
