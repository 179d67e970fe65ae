import assert from 'node:assert/strict';
import { test } from 'node:test';
import { APP_OF_REPOSITORY, type Confirmation } from '@marteau/shared';
import { finishedRun } from '../../fixtures/drive-run.ts';
import { resultsOf, slowerThan } from '../../fixtures/results.ts';
import { openTestbed } from '../../fixtures/testbed.ts';

type Json = Record<string, unknown>;
const json = async (answer: Response) => (await answer.json()) as Json;

test('a run is pinned and released; one that did not pass cannot be', async () => {
  await using bed = await openTestbed();
  const run = await finishedRun(bed.store);
  const failed = await finishedRun(bed.store, { outcome: { verdict: 'fail' } });
  const act = (id: string, action: string) => bed.call('POST', `/api/v1/runs/${id}/${action}`);
  const pinned = async () => (await bed.store.runs.pinnedIn(run.project)).map(({ id }) => id);

  assert.equal((await act(run.id, 'pin')).status, 204);
  assert.deepEqual(await pinned(), [run.id]);
  const refused = await act(failed.id, 'pin');
  assert.equal(refused.status, 409);
  assert.equal((await json(refused)).code, 'no-baseline');
  assert.equal((await act(run.id, 'unpin')).status, 204);
  assert.deepEqual(await pinned(), []);
  assert.equal((await act('r1m7y5bf0pk6886xj6a', 'pin')).status, 404);
});

test('repeats are begun where they can confirm anything, and told of', async () => {
  await using bed = await openTestbed();
  const before = await finishedRun(bed.store);
  const after = await finishedRun(bed.store);
  const keep = (target: string | null) => {
    const results = resultsOf(after, { comparison: slowerThan({ ...before, commit: 'b'.repeat(40) }) });
    results.run.target = target;
    return bed.store.folders.of(after.id).put('results.json', JSON.stringify(results));
  };
  const confirm = () => bed.call('POST', `/api/v1/runs/${after.id}/confirm`);
  const told = () => bed.call('GET', `/api/v1/runs/${after.id}/confirmation`);

  await keep('https://staging.example.com');
  const refused = await confirm();
  assert.equal(refused.status, 409);
  const problem = await json(refused);
  assert.equal(problem.code, 'not-confirmable');
  assert.match(String(problem.detail), /deployed by somebody else/);
  assert.equal((await told()).status, 404);

  await keep(APP_OF_REPOSITORY);
  const begun = await confirm();
  assert.equal(begun.status, 202);
  const confirmation = (await begun.json()) as Confirmation;
  assert.deepEqual([confirmation.baseline, confirmation.decision], [before.id, 'undecided']);
  assert.deepEqual(await json(await told()), confirmation as unknown as Json);
  assert.deepEqual(await (await confirm()).json(), confirmation, 'asking again changes nothing');
});
