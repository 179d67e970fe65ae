import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTempFolder } from '@marteau/testkit';
import { startStandIn } from '../standin/stand-in.ts';
import { startStub } from '../stub/stub-server.ts';

test('diff tells of numbers that parsing would round, and of no blanks', async () => {
  await using folder = await createTempFolder();
  await using real = await startStub();
  const file = join(folder.path, 'a.rec');
  const before = { '/id': '{"id":154284075601887489}', '/blanks': '{"p":1.10,"n":1}', '/e': '{"e":1e400}' };
  const now = { '/id': '{"id":154284075601887488}', '/blanks': '{ "p": 1.1, "n": 1 }', '/e': '{"e":1e500}' };
  const pairs = Object.entries(before).map(
    ([path, body]) => `GET ${path} HTTP/1.1\n\n\n200 OK\nContent-Type: application/json\n\n${body}\n`,
  );
  await writeFile(file, pairs.join('\n'));
  const headers = { 'Content-Type': 'application/json' };
  for (const [path, body] of Object.entries(now)) real.on(`GET ${path}`, { headers, body });
  const told: string[] = [];
  await using compared = await startStandIn({
    mode: 'diff',
    file,
    server: real.url,
    onEvent: ({ sentence }) => told.push(sentence),
  });
  for (const path of Object.keys(now)) await (await fetch(compared.url + path)).text();
  assert.deepEqual(told, [
    'GET /id (line 1) is answered otherwise now: id is "154284075601887488", was "154284075601887489".',
    'GET /e (line 17) is answered otherwise now: e is "1e500", was "1e400".',
  ]);
});
