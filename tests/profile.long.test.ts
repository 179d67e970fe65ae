import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openHouse } from './house/house.ts';
import { scriptOf } from './house/projects.ts';

/** An app that computes for so many rounds. */
const shop = (rounds: number) => ({
  '.marteau.yml':
    'name: Shop\nscript: load.test.ts\ncycles: 2\nduration: 3s\napp: {command: node server.js, ready: /hello}\n',
  'load.test.ts': scriptOf(`
      const response = await fetch('/price');
      assert.equal(response.status, 200);
      await response.text();
      await think(20);`),
  'server.js': `
import { createServer } from 'node:http';
function addTax(rounds) { let sum = 0; for (let i = 0; i < rounds; i++) sum += Math.sqrt(i * 1.19); return sum; }
createServer((request, response) => {
  response.end(request.url === '/price' ? String(addTax(${rounds})) : 'hello');
}).listen(process.env.PORT, '127.0.0.1');`,
  'package.json': '{"type": "module"}',
});

test('the profiles of two runs tell which function takes more of an iteration', async () => {
  await using house = await openHouse();
  const repo = await house.git.createRepo('team/shop', shop(1000));
  const before = await house.ends(await house.submit(repo.url));
  await repo.commit(shop(4_000_000), 'Be exact about the tax');
  const after = await house.ends(await house.submit(repo.url));
  const ask = async (): Promise<string> => {
    const { result } = await fetch(`${house.url}/mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'get_profile_diff', arguments: { before: before.id, after: after.id } },
      }),
    }).then((answer) => answer.json() as Promise<{ result: { content: { text: string }[] } }>);
    return result.content[0]!.text;
  };
  const begun = await ask();
  const ids = [...begun.matchAll(/^Run (r\w+), with a profiler/gm)].map(([, id]) => id!);
  assert.equal(ids.length, 2, begun);
  for (const id of ids) {
    const { kind, verdict, confirms } = await house.ends(id, 120_000);
    assert.deepEqual([kind, verdict], ['repeat', 'pass']);
    assert.ok([before.id, after.id].includes(confirms!));
  }
  const told = await ask();
  const [, first] = told.split('"function": ');
  assert.match(first ?? '', /^"addTax server\.js",\s+"before": "[\d.e-]+ ms",\s+"after": "\d/, told);
  await house.assertNothingLeft();
});
