import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { label, reply } from 'marteau';

const base = process.env.MARTEAU_TARGET ?? 'http://127.0.0.1:8080';

let visits = 0;

test('says something, and hears it', async () => {
  const room = Math.random().toString(36).slice(2);
  const socket = label('room', () => new WebSocket(`${base.replace('http', 'ws')}/rooms/${room}`));
  await once(socket, 'message');
  for (let n = 0; n < 20; n += 1) {
    visits += 1;
    const said = JSON.stringify({ id: visits, text: `This is message ${n} of one who has much to say.` });
    socket.send(said);
    assert.equal(await reply(socket, (data: string) => JSON.parse(data).id === visits), said);
  }
  socket.close(1000);
  const [{ wasClean }] = (await once(socket, 'close')) as [CloseEvent];
  assert.ok(wasClean);
});
