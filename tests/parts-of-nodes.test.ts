// What each node of a run gets: packages installed before anybody starts, and rows of data that no other node has.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { openHouse } from './house/house.ts';
import { startNpmRegistry } from './house/npm-registry.ts';
import { scriptOf } from './house/projects.ts';

/** Not to be divided evenly by three users on two nodes. */
const rows = 31;

test('two nodes install what the test needs, and use each unique row once between them', async () => {
  await using registry = await startNpmRegistry({
    tiny: {
      version: '1.0.0',
      manifest: {},
      files: { 'index.js': "export const greeting = 'hello from tiny';" },
    },
  });
  const asked: string[] = [];
  await using server = createServer(({ url }, response) => {
    asked.push(url!);
    response.end('ok');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  await using house = await openHouse({ workers: 2, env: { npm_config_registry: registry.url } });
  const { url } = await house.git.createRepo('rows', {
    '.marteau.yml': `name: Rows
script: rows.test.ts
target: http://127.0.0.1:${(server.address() as AddressInfo).port}
nodes: 2
deps: [tiny@1]
data: {cards: {file: cards.csv, order: unique}}
load: [{users: 3, iterations: ${rows}, for: 20s}]
`,
    'cards.csv': `card\n${Array.from({ length: rows }, (_, row) => `c${row}\n`).join('')}`,
    'rows.test.ts': scriptOf(
      `
      assert.equal(greeting, 'hello from tiny');
      const response = await fetch('/cards/' + data('cards').card);
      await response.text();`,
      "import { data } from 'marteau';\nimport { greeting } from 'tiny';",
    ),
  });
  const id = await house.submit(url);
  const ended = await house.ends(id, 120_000);
  assert.equal(ended.verdict, 'pass', ended.reason ?? '');
  const used = asked.filter((path) => path.startsWith('/cards/')).map((path) => path.slice('/cards/'.length));
  const load = used.slice(-rows);
  assert.equal(new Set(load).size, rows, `each row once: ${load}`);
  const log = await house.file(id, 'console.log');
  const installs = log.match(/npm install .*tiny@1/g)?.length;
  assert.equal(installs, 3, `to try the script, and on each node:\n${log}`);
});
