import assert from 'node:assert/strict';
import { test } from 'node:test';
import { APP_OF_REPOSITORY, type Bisect } from '@marteau/shared';
import { startGitServer } from '@marteau/testkit';
import { joinNode, submitRun } from '../../fixtures/drive-run.ts';
import { resultsOf, slowerThan } from '../../fixtures/results.ts';
import { openTestbed } from '../../fixtures/testbed.ts';

test('the commit between a good run and a worse one is looked for, where there is one to find', async () => {
  await using git = await startGitServer();
  await using bed = await openTestbed();
  const { store } = bed;
  const repo = await git.createRepo('team/shop', { a: '' });
  const project = repo.url.replace(/\.git$/, '');
  const commits = [await repo.git('rev-parse', 'HEAD')];
  for (const n of [1, 2, 3]) commits.push(await repo.commit({ a: String(n) }, `Change ${n}`));
  const node = await joinNode(store, 'n1');
  const runOf = async (commit: string) => {
    const run = await submitRun(store, { project, request: { repo: project } });
    await run.enterLine({ commit, target: APP_OF_REPOSITORY });
    await run.start(node);
    return run.finish();
  };
  const [good, bad] = [await runOf(commits[0]!), await runOf(commits[3]!)];
  const results = resultsOf(bad, { comparison: slowerThan({ ...good, commit: commits[0]! }) });
  results.run.target = APP_OF_REPOSITORY;
  const keep = () => store.folders.of(bad.id).put('results.json', JSON.stringify(results));
  const call = (method: string, body?: object) => bed.call(method, `/api/v1/runs/${bad.id}/bisect`, body);
  const why = async (answer: Response) => ((await answer.json()) as { detail: string }).detail;

  results.run.target = 'https://staging.example.com';
  await keep();
  const refused = await call('POST', {});
  assert.equal(refused.status, 409);
  assert.match(await why(refused), /deployed by somebody else/);
  results.run.target = APP_OF_REPOSITORY;
  await keep();
  assert.equal((await call('GET')).status, 404);
  assert.equal((await call('POST', { good: bad.id.replace(/.$/, 'x') })).status, 404);
  assert.match(await why(await call('POST', { good: bad.id })), /No commit came after/);
  assert.equal((await call('POST', { hours: 100 })).status, 400);

  const begun = (await (await call('POST')).json()) as Bisect;
  assert.deepEqual(
    [begun.good, begun.base, begun.state, begun.commits.map(({ sha }) => sha)],
    [good.id, commits[0], 'running', commits.slice(1)],
  );
  assert.deepEqual(await (await call('POST', { hours: 2 })).json(), begun, 'asking again changes nothing');
  assert.deepEqual(await (await call('GET')).json(), begun);
  assert.match(await (await bed.get(`/runs/${bad.id}`)).text(), /Stop looking for the commit/);
  assert.deepEqual(await store.bisects.open(), [begun]);
  const told = await bed.call('POST', '/mcp', {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'start_bisect', arguments: { run: bad.id } },
  });
  const { result } = (await told.json()) as { result: { content: { text: string }[] } };
  assert.match(result.content[0]!.text, /: running\.\n0 comparisons; 3 of 3 commits are left\./);

  assert.equal((await call('DELETE')).status, 204);
  assert.deepEqual(await store.bisects.open(), []);
  assert.match(((await (await call('GET')).json()) as Bisect).sentence, /^Cancelled after 0 comparisons/);
  assert.match(await (await bed.get(`/runs/${bad.id}`)).text(), /Find the commit/);
  assert.equal((await bed.submitForm(`/runs/${bad.id}/bisect`)).status, 303);
  assert.equal((await store.bisects.of(bad.id))?.state, 'running');
  await store.folders.of(bad.id).put('bisect.json', JSON.stringify({ ...begun, steps: 'many' }));
  assert.equal(((await (await call('POST')).json()) as Bisect).state, 'running', 'a damaged one begins anew');
  await node.leave();
});
