// Other people's load tests through the whole house, with what is on every machine; the real tools are for `test:tools`.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { readResults } from '@marteau/report/schema';
import { startTargetServer, type TargetServer } from '@marteau/testkit';
import { type House, openHouse } from './house/house.ts';

describe('other people’s load tests', { concurrency: 1 }, () => {
  let house: House;
  let target: TargetServer;
  before(async () => {
    house = await openHouse({ workers: 3, env: { MARTEAU_PREFLIGHT: '0' } });
    target = await startTargetServer();
  });
  after(async () => {
    await house[Symbol.asyncDispose]();
    await target[Symbol.asyncDispose]();
  });

  const runOf = async (name: string, files: Record<string, string>) => {
    const repo = await house.git.createRepo(name, files);
    const id = await house.submit(repo.url);
    return { id, run: await house.ends(id, 120_000) };
  };

  test('a shell loop of curl on three nodes ends in a full report, measured at the wire', async () => {
    const seen = target.seen.requests;
    const { id, run } = await runOf('loop', {
      '.marteau.yml': `command: sh load.sh\ntarget: ${target.url}\nnodes: 3\ncycles: 6\nduration: 10s\nramp: 0s\n`,
      'load.sh': `for user in $(seq "$MARTEAU_USERS"); do
  for i in 1 2 3 4 5; do curl -s "$MARTEAU_TARGET/json?user=$user" > /dev/null; done
done\n`,
    });
    assert.equal(run.verdict, 'pass', run.reason ?? '');
    assert.equal(run.engine.name, 'command');
    assert.equal(target.seen.requests - seen, 30);
    const results = readResults(await house.file(id, 'results.json'));
    assert.equal(results.source?.title, 'Marteau at the wire');
    assert.equal(results.nodes.length, 3);
    assert.deepEqual(
      results.labels.map(({ name, steps }) => [name, steps[0]!.count]),
      [['GET /json', 30]],
    );
    const report = await house.file(id, 'report.html');
    assert.match(report, /Marteau at the wire/);
    await house.assertNothingLeft();
  });

  test('a dead server is a failure, although the command ends with 0', async () => {
    const { run } = await runOf('dead', {
      '.marteau.yml': 'command: curl -s "$MARTEAU_TARGET/"; exit 0\ntarget: http://127.0.0.1:9\n',
    });
    assert.equal(run.verdict, 'fail');
    assert.match(run.reason ?? '', /Errors 100 %/);
  });

  test('what measured nothing has not passed, although it ended with 0', async () => {
    const { run } = await runOf('nothing', {
      '.marteau.yml': 'command: "true"\nresults: {format: hey-csv}\n',
    });
    assert.equal(run.verdict, 'fail');
    assert.match(run.reason ?? '', /Nothing was measured by hey-csv of the command/);
  });

  test('a tool that is on no node is named, with what to do', async () => {
    const { run } = await runOf('missing', {
      '.marteau.yml': 'script: shop.jmx\n',
      'shop.jmx': '<jmeterTestPlan version="1.2"/>\n',
    });
    assert.equal(run.state, 'error');
    assert.match(run.reason ?? '', /^JMeter is not on .*: install it .*, or give the run a label of nodes/);
  });

  test('a command that prints 200 MB and leaves a program behind is measured, and nothing of it stays', async () => {
    const { id, run } = await runOf('loud', {
      '.marteau.yml': `command: sh load.sh\ntarget: ${target.url}\n`,
      'load.sh': `yes 'the same line again and again, as a tool prints that is told to tell all' | head -c 200000000
setsid sh -c 'while true; do sleep 0.1; done' &
curl -s "$MARTEAU_TARGET/json" > /dev/null\n`,
    });
    // So much may be more than a busy machine passes on in time, of which the verdict speaks.
    assert.ok(run.verdict === 'pass' || run.verdict === 'invalid', run.reason ?? '');
    assert.ok((await house.file(id, 'console.log')).length < 20_000_000);
    await house.assertNothingLeft();
  });

  test('a command that ignores SIGTERM is ended by a cancelled run all the same', async () => {
    const repo = await house.git.createRepo('deaf', {
      '.marteau.yml': `command: sh load.sh\ntarget: ${target.url}\ntimeout: 1h30m\n`,
      'load.sh':
        'trap "" TERM INT\nwhile true; do curl -s "$MARTEAU_TARGET/json" > /dev/null; sleep 0.1; done\n',
    });
    const id = await house.submit(repo.url);
    await house.reaches(id, 'running');
    await house.api('POST', `/runs/${id}/cancel`);
    const run = await house.ends(id, 30_000);
    assert.equal(run.state, 'cancelled');
    await house.assertNothingLeft();
  });
});
