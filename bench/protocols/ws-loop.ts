import { WebSocket } from 'ws';

// The bare loop of the package ws: as many sockets as asked for, each sends a text as soon as the last one came back.

const [url = '', sockets = '1000', bytes = '100'] = process.argv.slice(2);
const text = 'x'.repeat(Number(bytes));

for (let n = 0; n < Number(sockets); n += 1) {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.on('open', () => socket.send(text));
  socket.on('message', (data) => {
    if (String(data) !== text) throw new Error('something else came back');
    socket.send(text);
  });
}
