// A run over several nodes whose app, proxies and `before` stand once, on a node of their own.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { readResults } from '@marteau/report/schema';
import { startTargetServer, type TargetServer, waitUntil } from '@marteau/testkit';
import { type House, openHouse } from './house/house.ts';
import { scriptOf } from './house/projects.ts';

interface ApiNode {
  name: string;
  state: string;
  duty: string | null;
  runId: string | null;
}

/** An app that asks a backend through its proxy, and says who it is. */
const shop = `import { createServer } from 'node:http';
const { MARTEAU_PROXY_STOCK, PORT, TOKEN = '', LISTEN = '127.0.0.1' } = process.env;
console.log('the shop opens');
createServer(async ({ url, headers }, response) => {
  if (url === '/health') return void response.end('ok');
  if (TOKEN && headers.authorization !== TOKEN) return void response.writeHead(401).end();
  try {
    const answer = await fetch('http://' + MARTEAU_PROXY_STOCK + '/hello');
    response.writeHead(answer.status).end(await answer.text());
  } catch (error) {
    response.writeHead(502).end(String(error));
  }
}).listen(Number(PORT), LISTEN);
`;

function shopProject(upstream: string, more = '', duration = '4s'): Record<string, string> {
  return {
    '.marteau.yml': `name: Shop
script: shop.test.ts
nodes: 3
before: echo "TOKEN=t-$RANDOM$RANDOM" >> "$MARTEAU_ENV"
after: echo "the shop closes at $MARTEAU_TARGET"
app: {command: node server.ts, ready: /health}
cycles: 6
duration: ${duration}
ramp: 0s
proxies: {stock: {upstream: "${upstream}", protocol: http}}
${more}`,
    'shop.test.ts': scriptOf(`
      const headers = { authorization: process.env.TOKEN ?? 'none' };
      const response = await fetch(process.env.MARTEAU_TARGET + '/stock', { headers });
      await response.text();
      assert.notEqual(response.status, 401);
      await think(50);`),
    'server.ts': shop,
  };
}

describe('an app on a node of its own', { concurrency: 1 }, () => {
  let house: House;
  let target: TargetServer;
  before(async () => {
    house = await openHouse({ workers: 4 });
    target = await startTargetServer();
  });
  after(async () => {
    for (const each of [house, target]) await each[Symbol.asyncDispose]();
  });
  const upstream = () => new URL(target.url).host;
  const nodes = async () => (await house.api<{ nodes: ApiNode[] }>('GET', '/nodes')).nodes;
  let count = 0;
  async function submit(files: Record<string, string>): Promise<string> {
    count += 1;
    return house.submit((await house.git.createRepo(`shop-${count}`, files)).url);
  }
  const underLoad = (id: string) =>
    waitUntil(`${id} to be under load`, async () => (await house.run(id)).phase?.name === 'measuring', {
      deadlineMs: 60_000,
    });

  test('three nodes generate the load, a fourth has before, the app, its proxy and its faults', async () => {
    const chaos = 'chaos: {seed: 1, timeline: [{at: 2s, for: 1s, proxy: stock, behavior: error}]}\n';
    const thresholds = "thresholds: ['errors < 60%', 'failures < 1%']\n";
    const id = await submit(shopProject(upstream(), chaos + thresholds, '8s'));
    await underLoad(id);
    const busy = (await nodes()).filter(({ runId }) => runId === id);
    assert.deepEqual(busy.map(({ duty }) => duty).sort(), ['app', 'load', 'load', 'load']);
    const appNode = busy.find(({ duty }) => duty === 'app')!.name;
    const run = await house.ends(id);
    assert.equal(run.state, 'finished', run.reason ?? '');
    assert.notEqual(run.verdict, 'invalid', run.reason ?? '');
    assert.equal(run.nodes, 3);

    const results = readResults(await house.file(id, 'results.json'));
    assert.equal(results.nodes.length, 3);
    assert.ok(!results.nodes.some(({ node }) => node === appNode));
    assert.equal(results.environment['App node'], appNode);
    assert.match(results.environment.App!, /node server\.ts, on a node of its own/);
    assert.ok(results.chaos!.faults.length === 1 && results.chaos!.targets[0]!.count > 0);
    const console = await house.file(id, 'console.log');
    for (const line of [/the shop opens/, /stock: error for 1 s/, /the shop closes at http:/])
      assert.equal(console.match(new RegExp(line, 'g'))?.length, 1, String(line));
    await house.assertNothingLeft();
  });

  test('a fault by hand reaches the proxy wherever it stands', async () => {
    const id = await submit(shopProject(upstream(), "thresholds: ['errors < 100%']\n", '8s'));
    await underLoad(id);
    await house.api('POST', `/runs/${id}/break`, { proxy: 'stock', behavior: 'error', for: '2s' });
    const run = await house.ends(id);
    assert.equal(run.state, 'finished', run.reason ?? '');
    const { chaos } = readResults(await house.file(id, 'results.json'));
    assert.equal(chaos!.faults.length, 1);
  });

  test('without an app the first node has what stands around the run, and the others find it', async () => {
    const id = await submit({
      '.marteau.yml': `name: Till
script: till.test.ts
nodes: 2
target: ${target.url}
before: echo "WORD=w-$RANDOM" >> "$MARTEAU_ENV"
recordings: {payments: {file: pay.rec, latency: none}}
cycles: 4
duration: 3s
ramp: 0s
`,
      'till.test.ts': scriptOf(`
      const response = await fetch(process.env.MARTEAU_RECORDING_PAYMENTS + '/pay');
      assert.equal(await response.text(), 'paid');
      assert.match(process.env.WORD, /^w-/);
      await think(20);`),
      'pay.rec': 'GET /pay HTTP/1.1\n\n\n200 OK\n\npaid',
    });
    const run = await house.ends(id);
    assert.equal(run.verdict, 'pass', run.reason ?? '');
    const results = readResults(await house.file(id, 'results.json'));
    assert.deepEqual(
      results.nodes.map(({ requests }) => requests > 10),
      [true, true],
    );
    const asked = results.nodes.reduce((sum, { requests }) => sum + requests, 0);
    assert.ok(results.recordings![0]!.calls >= asked, 'one stand-in answered both');
  });

  test('the script is tried with an app of its own first, and once on one node', async () => {
    const files = shopProject(upstream());
    const yml = files['.marteau.yml']!.replace(/^before: .*\n/m, '').replace('nodes: 3', 'nodes: 2');
    const id = await submit({ ...files, '.marteau.yml': yml });
    const run = await house.ends(id);
    assert.equal(run.verdict, 'pass', run.reason ?? '');
    const console = await house.file(id, 'console.log');
    assert.match(console, /Preflight: two users got through the script/);
    assert.equal(console.match(/the shop opens/g)?.length, 2);
    assert.equal(console.match(/the shop closes at http:/g)?.length, 1);

    const once = await house.ends(await house.submit(run.repo, { once: true }));
    assert.deepEqual([once.verdict, once.nodes], ['pass', 1], once.reason ?? '');

    const bad = await submit({ ...files, '.marteau.yml': yml, 'server.ts': 'process.exit(3);' });
    const refused = await house.ends(bad);
    assert.deepEqual([refused.reasonCode, refused.attempt], ['app-ended', 0], refused.reason ?? '');
  });

  test('cancelled, all of it stops, and after has run', async () => {
    const id = await submit(shopProject(upstream(), '', '60s'));
    await underLoad(id);
    await house.api('POST', `/runs/${id}/cancel`);
    const run = await house.ends(id);
    assert.equal(run.state, 'cancelled');
    assert.match(await house.file(id, 'console.log'), /the shop closes/);
    await house.assertNothingLeft();
  });

  test('more nodes than there are, the one of the app counted, are refused with the reason', async () => {
    const files = shopProject(upstream());
    const id = await submit({
      ...files,
      '.marteau.yml': files['.marteau.yml']!.replace('nodes: 3', 'nodes: 4'),
    });
    const run = await house.ends(id);
    assert.equal(run.reasonCode, 'too-few-nodes');
    assert.match(run.reason!, /asks for 5 nodes \(one of them for its app\), and only 4 are registered/);
  });

  test('an app that the nodes of the load do not reach ends the run before it begins', async () => {
    const files = shopProject(upstream());
    const app = `app: {command: sleep 60, ready: "${target.url}/hello"}`;
    const yml = files['.marteau.yml']!.replace(/^app: .*$/m, app);
    const run = await house.ends(await submit({ ...files, '.marteau.yml': yml }));
    assert.deepEqual([run.state, run.reasonCode], ['error', 'not-reached'], run.reason ?? '');
    assert.match(
      run.reason!,
      /The node node-\d does not reach the app at 127\.0\.0\.1:\d+, .* \(ECONNREFUSED\)/,
    );
    assert.match(await house.file(run.id, 'console.log'), /the shop closes/);
    await house.assertNothingLeft();
  });

  test('when a node of the load is killed the app stays to its end, and what is left is kept', async () => {
    const id = await submit(shopProject(upstream(), '', '60s'));
    await underLoad(id);
    const { name } = (await nodes()).find(({ duty }) => duty === 'load')!;
    await house.workers[Number(name.replace('node-', '')) - 1]!.kill();
    const run = await house.ends(id);
    assert.deepEqual([run.state, run.verdict], ['finished', 'invalid'], run.reason ?? '');
    assert.match(run.reason!, /^1 of 3 nodes was lost/);
    assert.match(await house.file(id, 'console.log'), /the shop closes/);
    await house.startWorker(name);
  });

  test('when the node of the app is killed the run ends with that, and nothing is left', async () => {
    const id = await submit(shopProject(upstream(), '', '60s'));
    await underLoad(id);
    const { name } = (await nodes()).find(({ duty }) => duty === 'app')!;
    await house.workers[Number(name.replace('node-', '')) - 1]!.kill();
    const run = await house.ends(id);
    assert.deepEqual([run.state, run.verdict], ['finished', 'invalid'], run.reason ?? '');
    assert.match(
      run.reason!,
      new RegExp(`The node ${name}, on which the app ran, was lost .* the target with it`),
    );
    assert.ok((await house.files(id)).includes('report.html'), 'what was measured is kept and shown');
    await house.assertNothingLeft();
  });
});
