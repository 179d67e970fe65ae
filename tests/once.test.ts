import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startTargetServer, type TargetServer } from '@marteau/testkit';
import { type House, openHouse } from './house/house.ts';
import { plainProject } from './house/projects.ts';

const script = (more: string): string => `import assert from 'node:assert/strict';
import { test } from 'node:test';

test('says hello', async () => {
  const response = await fetch(process.env.MARTEAU_TARGET + '/hello');
  assert.equal(response.status, 200);
});
test('counts to ten', async () => {
  const response = await fetch(process.env.MARTEAU_TARGET + '/status/200', { headers: { 'x-asks': 'ten' } });
  ${more}
});
`;

describe('trying a script once', { concurrency: 1 }, () => {
  let house: House;
  let target: TargetServer;
  before(async () => {
    house = await openHouse();
    target = await startTargetServer();
  });
  after(async () => {
    await house[Symbol.asyncDispose]();
    await target[Symbol.asyncDispose]();
  });

  const project = (more: string) => ({
    ...plainProject(target.url, 'nodes: 3\nemail: team@example.com\n'),
    'plain.test.ts': script(more),
  });

  test('each test once on one node, every request in the console; no mail, no report, no baseline', async () => {
    const { url: repo } = await house.git.createRepo('good', project('await response.text();'));
    const ended = await house.ends(await house.submit(repo, { once: true, email: 'ana@example.com' }));
    assert.equal(ended.state, 'finished', ended.reason ?? '');
    assert.equal(ended.verdict, 'pass', ended.reason ?? '');
    assert.deepEqual([ended.trigger, ended.nodes, ended.mails ?? [], ended.reportUrl], ['once', 1, [], null]);
    const console = await house.file(ended.id, 'console.log');
    assert.match(console, /one user, each test once/);
    assert.match(console, /says hello: GET \/hello {2}200 {2}[\d.]+ .?s$/m);
    assert.match(console, /counts to ten: GET \/status\/:id[\s\S]*x-asks: ten\n/i);
    assert.equal(console.match(/HTTP\/1\.1 200/g)?.length, 2);
    const badge = await fetch(`${house.url}/badge.svg?project=${encodeURIComponent(ended.project)}`);
    assert.doesNotMatch(await badge.text(), />pass</);
    const again = await house.api<{ id: string }>('POST', `/runs/${ended.id}/rerun`);
    assert.equal((await house.ends(again.id)).trigger, 'once');
  });

  test('what went wrong is the reason, with its line', async () => {
    const { url: repo } = await house.git.createRepo(
      'bad',
      project("assert.equal(response.status, 418, 'tea');"),
    );
    const ended = await house.ends(await house.submit(repo, { once: true }));
    assert.equal(ended.verdict, 'fail');
    assert.match(ended.reason!, /^counts to ten: tea.*plain\.test\.ts:10.*console has each request/);
    await house.assertNothingLeft();
  });
});
