import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTempFolder, waitUntil } from '@marteau/testkit';
import { startStandIn } from '../standin/stand-in.ts';
import { startStub } from '../stub/stub-server.ts';
import { readTape } from '../tape/read-tape.ts';

test('a text that is cut in the middle of a character is one still, without its secrets', async () => {
  await using folder = await createTempFolder();
  await using real = await startStub();
  const file = join(folder.path, 'a.rec');
  const answered = `{"token":"abcdefgh12345678","a":"${'ü'.repeat(100)}"}`;
  real.on('POST /', { body: answered });
  await using recorder = await startStandIn({ mode: 'record', file, server: real.url, cap: 60 });
  const body = `{"password":"hunter22hunter22","b":"${'🔥'.repeat(100)}"}`;
  await (await fetch(recorder.url, { method: 'POST', body })).text();
  const [exchange] = await waitUntil('the exchange', () => readTape(file).exchanges);
  const { request, answer } = exchange!;
  assert.match(request.body.toString(), /^\{"password":"XXX","b":"🔥+$/u);
  assert.match(answer.body.toString(), /^\{"token":"(?!abcdefgh12345678)\w+","a":"ü+$/);
  assert.deepEqual(
    [request.cutFrom, answer.cutFrom],
    [body, answered].map((text) => Buffer.byteLength(text)),
  );
});
