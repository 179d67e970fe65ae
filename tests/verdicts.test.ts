import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { readResults } from '@marteau/report/schema';
import { startTargetServer, type TargetServer } from '@marteau/testkit';
import { type House, openHouse } from './house/house.ts';
import { plainProject, scriptOf } from './house/projects.ts';

const app = (body: string): string => `
  import { createServer } from 'node:http';
  createServer((_, response) => response.end('hello')).listen(process.env.PORT, '127.0.0.1');
  ${body}`;
const visit = `
      const response = await fetch(process.env.MARTEAU_TARGET + '/hello');
      assert.equal(response.status, 200);
      await think(20);`;

describe('how a run is judged', { concurrency: 1 }, () => {
  let house: House;
  let target: TargetServer;
  let count = 0;
  before(async () => {
    house = await openHouse({ workers: 2 });
    target = await startTargetServer();
  });
  after(async () => {
    await house[Symbol.asyncDispose]();
    await target[Symbol.asyncDispose]();
  });

  async function run(files: Record<string, string>, more: Record<string, unknown> = {}) {
    count += 1;
    const repo = await house.git.createRepo(`verdict-${count}`, files);
    return house.ends(await house.submit(repo.url, more));
  }

  test('a threshold that does not hold: fail, with the number and the wish', async () => {
    const ended = await run(plainProject(target.url, 'thresholds: [p95 < 1us, errors < 1%]\n'));
    assert.equal(ended.verdict, 'fail');
    assert.match(ended.reason!, /^p\d+ .+ \(wanted < 1 µs\)/);
  });

  test('errors: fail by the defaults', async () => {
    const ended = await run(plainProject(target.url, '', '/status/503'));
    assert.equal(ended.verdict, 'fail');
    assert.match(ended.reason!, /100 % \(wanted < 1 %\)/);
  });

  test('a profile and overrides change what runs', async () => {
    const files = plainProject(target.url, 'profiles: {smoke: {cycles: 1}}\n');
    const ended = await run(files, { profile: 'smoke', overrides: { duration: '1s', name: '' } });
    assert.equal(ended.verdict, 'pass', ended.reason ?? '');
    assert.equal(ended.name, 'Plain');
    const results = readResults(await house.file(ended.id, 'results.json'));
    assert.deepEqual(
      results.steps.map(({ plan }) => [plan.users!.to, plan.durationMs]),
      [[1, 1000]],
    );
  });

  test('two nodes share a load', async () => {
    const ended = await run(plainProject(target.url, 'nodes: 2\n'));
    assert.equal(ended.verdict, 'pass', ended.reason ?? '');
    const { nodes } = readResults(await house.file(ended.id, 'results.json'));
    assert.deepEqual(nodes.map(({ node }) => node).sort(), ['node-1', 'node-2']);
  });

  test('before hands its environment to the script, and relative addresses lead to the target', async () => {
    const ended = await run({
      ...plainProject(target.url, 'before: \'echo "GREETING=good morning" >> "$MARTEAU_ENV"\'\n'),
      'plain.test.ts': scriptOf(`
      assert.equal(process.env.GREETING, 'good morning');
      assert.equal(process.env.REDIS_URL, undefined);
      assert.equal(process.env.MARTEAU_SECRETS, undefined);
      const response = await fetch('/hello');
      assert.equal(response.url, process.env.MARTEAU_TARGET + '/hello');
      await think(20);`),
    });
    assert.equal(ended.verdict, 'pass', ended.reason ?? '');
  });

  test('a version that changed during the run: invalid', async () => {
    let asked = 0;
    const server = createServer((request, response) => {
      if (request.url === '/version.json') response.end(JSON.stringify({ commit: `v${++asked}` }));
      else response.end('hello');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const ended = await run(plainProject(url, 'version: {url: /version.json, json: commit}\n'));
    server.close();
    server.closeAllConnections();
    assert.equal(ended.verdict, 'invalid', ended.reason ?? '');
    assert.match(ended.reason!, /The deployed version changed during the run, from v1 to v2/);
    assert.match(await house.file(ended.id, 'results.json'), /"Deployed version":"v1"/);
  });

  test('an app that dies under the load: a fault in the report, and no pass', async () => {
    const ended = await run({
      '.marteau.yml':
        'script: a.test.ts\napp: {command: node app.mjs}\ncycles: 1\nduration: 3s\nramp: 0s\nemail: a@example.com\n',
      'a.test.ts': scriptOf(visit),
      'app.mjs': app("setTimeout(() => { console.log('out of nails'); process.exit(7); }, 1500);"),
    });
    assert.equal(ended.verdict, 'fail', ended.reason ?? '');
    const results = readResults(await house.file(ended.id, 'results.json'));
    assert.match(results.events[0]!.detail, /The app ended while the load ran: it ended with exit code 7/);
    assert.match(await house.file(ended.id, 'console.log'), /app +\| out of nails/);
  });

  test('nothing is left of any of them', () => house.assertNothingLeft());
});
