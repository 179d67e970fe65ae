// Commands that write what they measured, with the real ones: what is reported is what the server saw.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createTempFolder, startTargetServer } from '@marteau/testkit';
import { missingTool } from './missing-tool.ts';
import { runProject } from './run-project.ts';

const WRK_DONE = `done = function(summary, latency, requests)
  local parts = {}
  for i = 1, #latency do
    local value, count = latency(i)
    parts[#parts + 1] = string.format("[%d,%d]", value, count)
  end
  local e = summary.errors
  io.write(string.format('marteau-wrk {"requests":%d,"bytes":%d,"errors":{"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d},"latency":[%s]}\\n',
    summary.requests, summary.bytes, e.connect, e.read, e.write, e.status, e.timeout, table.concat(parts, ",")))
end
`;

const ARTILLERY = `config:
  target: http://127.0.0.1:1
  phases:
    - duration: 1
      arrivalRate: 1
scenarios:
  - name: browse
    flow:
      - get: {url: "/json"}
      - get: {url: "/status/503"}
`;

async function runCommand(text: string, nodes = 1, files: Record<string, string> = {}) {
  await using folder = await createTempFolder();
  await using target = await startTargetServer();
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder.path, name), content);
  const { merged } = await runProject({ project: folder.path, text, target: target.url, nodes });
  const requests = merged.labels.filter(({ kind }) => kind === 'request');
  const count = requests.flatMap(({ steps }) => steps).reduce((sum, stats) => sum + stats.count, 0);
  const errors = requests.flatMap(({ steps }) => steps).reduce((sum, stats) => sum + stats.errors, 0);
  return { merged, requests, count, errors, seen: target.seen.requests };
}

const target = 'target: http://127.0.0.1:1\n';

describe('what is reported is what the server saw', () => {
  test('vegeta, on two nodes by its rate', { skip: missingTool('vegeta') }, async () => {
    const { count, seen, merged, requests } = await runCommand(
      `${target}command: echo "GET $MARTEAU_TARGET/json" | vegeta attack -rate $MARTEAU_RATE/s -duration $\{MARTEAU_DURATION}s | vegeta encode -to csv\nresults: {format: vegeta-csv}\nload: [{rate: 40/s, for: 2s}]\n`,
      2,
    );
    assert.deepEqual([count, seen], [80, 80]);
    assert.deepEqual(
      requests.map(({ name }) => name),
      ['GET /json'],
    );
    assert.equal(merged.source?.precision, 'raw');
  });

  test('hey', { skip: missingTool('hey') }, async () => {
    const { count, seen, errors } = await runCommand(
      `${target}command: hey -n 40 -c 4 -o csv $MARTEAU_TARGET/status/503\nresults: {format: hey-csv}\n`,
    );
    assert.deepEqual([count, seen, errors], [40, 40, 40]);
  });

  test('hey with a dead server tells nothing, and that is all that is known', {
    skip: missingTool('hey'),
  }, async () => {
    const { count, merged } = await runCommand(
      'command: hey -n 4 -c 2 -o csv http://127.0.0.1:1/\nresults: {format: hey-csv}\n',
    );
    assert.equal(count, 0);
    assert.ok(merged.notes.some((note) => /told of no request/.test(note)));
  });

  test('oha, whose percentiles of two nodes are none of the whole', {
    skip: missingTool('oha'),
  }, async () => {
    const text = `${target}command: oha --no-tui --output-format json -n 50 -c 2 $MARTEAU_TARGET/json\nresults: {format: oha-json}\n`;
    const one = await runCommand(text);
    assert.deepEqual([one.count, one.seen, one.errors], [50, 50, 0]);
    assert.ok(one.merged.source?.known?.includes(0.95));
    const two = await runCommand(`${text}cycles: 2\nduration: 1s\nramp: 0s\n`, 2);
    assert.deepEqual([two.count, two.merged.source?.known], [100, []]);
  });

  test('wrk, unless it fills in what it never sent', { skip: missingTool('wrk') }, async () => {
    const { count, seen, merged } = await runCommand(
      `${target}command: wrk -t1 -c2 -d1s -s done.lua $MARTEAU_TARGET/hello\nresults: {format: wrk-lua}\n`,
      1,
      { 'done.lua': WRK_DONE },
    );
    assert.ok(count > 0 && seen - count <= 2, `told ${count}, seen ${seen}`);
    assert.equal(merged.source?.precision, 'histogram');
  });

  test('Artillery, on two nodes by its rate', { skip: missingTool('artillery') }, async () => {
    const { count, seen, errors, merged, requests } = await runCommand(
      `${target}script: shop.yml\nload: [{rate: 10/s, for: 3s}]\n`,
      2,
      { 'shop.yml': ARTILLERY },
    );
    assert.deepEqual([count, errors], [seen, seen / 2]);
    assert.deepEqual(requests.map(({ name }) => name).sort(), ['/json', '/status/503']);
    assert.deepEqual([merged.source?.precision, merged.source?.error], ['histogram', 0.01]);
    assert.equal(merged.labels.find(({ kind }) => kind === 'test')?.steps[0]?.count, seen / 2);
  });
});
