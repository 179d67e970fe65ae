// Proxies that are steered while a run goes on: by people, and by whoever clears up after a worker that was killed.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readResults } from '@marteau/report/schema';
import { startBrowser, startTargetServer, waitUntil } from '@marteau/testkit';
import { startForeignProxy } from './house/foreign-proxy.ts';
import { openHouse } from './house/house.ts';
import { plainProject, scriptOf, visitHello } from './house/projects.ts';

test('a worker that is killed in a fault leaves a Toxiproxy broken; another one puts back what was there', async () => {
  await using target = await startTargetServer();
  await using foreign = await startForeignProxy(`127.0.0.1:${target.port}`);
  const { proxy } = foreign;
  const theirs = {
    name: 'theirs',
    behavior: 'latency',
    direction: 'downstream',
    options: { latency: 1 },
  } as const;
  await proxy.setBehaviors([theirs]);
  await using house = await openHouse({ workers: 2 });
  const more = `proxies: {db: {control: "${foreign.control}"}}
chaos: {seed: 1, timeline: [{at: 500ms, for: 50s, proxy: db, behavior: latency}, {at: 1s, for: 50s, proxy: db, behavior: down}]}
`;
  const repo = await house.git.createRepo('foreign', {
    ...plainProject(`http://${proxy.listen}`, more),
    '.marteau.yml': `script: plain.test.ts\ntarget: http://${proxy.listen}\ncycles: 2\nduration: 60s\nramp: 0s\n${more}`,
  });
  const id = await house.submit(repo.url);
  await house.until(id, 'broken', () => !proxy.enabled);
  assert.equal(proxy.behaviors.length, 3);

  const { slot } = await nodeOf(house, id);
  const [victim, other] = slot === 'node-1' ? house.workers : house.workers.toReversed();
  victim!.signal('SIGKILL');
  await victim!.ended;
  await waitUntil('the other worker to put it back', () => other!.output().includes('put a proxy back'), {
    deadlineMs: 60_000,
  });
  await house.api('POST', `/runs/${id}/cancel`).catch(() => {}); // it may be about to be tried again
  await house.ends(id);
  await waitUntil('the state before', () => proxy.enabled);
  assert.deepEqual(
    proxy.behaviors.map(({ name }) => name),
    ['theirs'],
  );
});

async function nodeOf(house: Awaited<ReturnType<typeof openHouse>>, id: string): Promise<{ slot: string }> {
  const { nodes } = await house.api<{ nodes: { name: string; runId: string | null }[] }>('GET', '/nodes');
  return { slot: nodes.find(({ runId }) => runId === id)!.name };
}

const app = `import { createServer } from 'node:http';
import { connect } from 'node:net';
const [host, port] = process.env.MARTEAU_PROXY_SHOP.split(':');
createServer(({ url }, response) => {
  if (url === '/health') return void response.end('ok');
  const socket = connect(Number(port), host);
  let text = '';
  socket.on('data', (data) => (text += data));
  socket.on('error', () => {});
  socket.on('close', () => response.writeHead(text.includes('200 OK') ? 200 : 503).end());
  socket.end('GET /hello HTTP/1.0\\r\\n\\r\\n');
}).listen(process.env.PORT, '127.0.0.1');
`;

describe('on the page of a run', () => {
  test('a proxy is broken now, and one button heals everything', async () => {
    await using target = await startTargetServer();
    await using house = await openHouse();
    const repo = await house.git.createRepo('live', {
      '.marteau.yml': `name: Live
script: live.test.ts
app: {command: node server.ts, ready: /health}
cycles: 2
duration: 90s
ramp: 0s
thresholds: ['errors <= 100%', 'failures <= 100%']
proxies: {shop: {upstream: "127.0.0.1:${target.port}", protocol: http}}
chaos: {seed: 1, timeline: [{at: 80s, for: 1s, proxy: shop, behavior: dummy}]}
`,
      'live.test.ts': scriptOf(visitHello),
      'server.ts': app,
    });
    const id = await house.submit(repo.url);
    await assert.rejects(house.api('POST', `/runs/${id}/heal`), /409.*wrong-state/);
    await house.until(id, 'under load', () => target.seen.requests > 20);

    for (const [body, sentence] of [
      [{ proxy: 'shp', behavior: 'blackout' }, /no proxy 'shp'.*Did you mean shop\?/],
      [{ proxy: 'shop', behavior: 'blackot' }, /Did you mean blackout\?/],
      [{ proxy: 'shop', behavior: 'delay', options: { slep: 1 } }, /Did you mean sleep\?/],
      [{ proxy: 'shop', behavior: 'blackout', for: 'soon' }, /'soon' is no duration/],
    ] as const)
      await assert.rejects(house.api('POST', `/runs/${id}/break`, body), sentence);

    await using browser = await startBrowser();
    await using tab = await browser.openPage();
    const { page } = tab;
    await page.goto(`${house.url}/runs/${id}`);
    await page.getByLabel('Behaviour').selectOption('blackout');
    await page.getByLabel('For', { exact: true }).fill('60s');
    await page.getByRole('button', { name: 'Break it now' }).click();
    await page.locator('#console', { hasText: 'shop: blackout (by hand) for 1 min' }).waitFor();
    const broken = target.seen.requests;
    await waitUntil('visits to fail', async () => {
      const before = target.seen.requests;
      await new Promise((resolve) => setTimeout(resolve, 500));
      return target.seen.requests === before;
    });
    await page.getByRole('button', { name: 'Heal everything' }).click();
    await page.locator('#console', { hasText: 'Everything was healed by hand' }).waitFor();
    await waitUntil('visits again', () => target.seen.requests > broken + 20);

    await house.api('POST', `/runs/${id}/stop`);
    const run = await house.ends(id);
    const { chaos } = readResults(await house.file(id, 'results.json'));
    const [fault] = chaos!.faults;
    assert.equal(fault!.behavior, 'blackout');
    assert.ok(fault!.hits > 0 && fault!.end - fault!.begin < 60_000, JSON.stringify(fault));
    assert.equal(run.verdict, 'invalid', 'the timeline was called off');
    assert.match(run.reason!, /Everything was healed by hand, so one fault of the timeline was not made/);
    await assert.rejects(house.api('POST', `/runs/${id}/heal`), /409.*wrong-state/);
    const events = await house.file(id, 'events.ndjson');
    assert.match(events, /"title":"shop: blackout"/);
    assert.match(events, /"title":"Everything was healed"/);
  });
});
