import { type AddressInfo, createServer } from 'node:net';

/**
 * A target that costs next to nothing: answers every request (without a body) at once, whatever it asks for. Prints its
 * port, and ends with its stdin.
 */

const answer = Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nok\n');
const END = '\r\n\r\n';

const server = createServer({ noDelay: true }, (socket) => {
  let begun = '';
  socket.on('error', () => undefined);
  socket.on('data', (bytes) => {
    const heads = (begun + bytes.toString('latin1')).split(END);
    begun = heads.pop()!;
    for (let i = 0; i < heads.length; i += 1) socket.write(answer);
  });
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
process.stdin.on('close', () => process.exit()).resume();
