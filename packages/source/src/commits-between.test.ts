import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startGitServer } from '@marteau/testkit';
import { checkAddress } from './address/check-address.ts';
import { commitsBetween } from './commits-between.ts';

test('what came to a history between two commits: by first parents, the oldest first, cut at the old end', async () => {
  await using server = await startGitServer();
  const repo = await server.createRepo('shop', { a: '1' }, { filter: true });
  const from = await repo.git('rev-parse', 'HEAD');
  await repo.git('checkout', '-q', '-b', 'side');
  await repo.commit({ side: '1' }, 'On the side');
  await repo.git('checkout', '-q', 'main');
  const second = await repo.commit({ a: '2' }, 'Second\n\nand why');
  await repo.git('merge', '-q', '--no-ff', '-m', 'Merge side', 'side');
  const merge = await repo.git('rev-parse', 'HEAD');
  const address = await checkAddress(repo.url, { allowPrivate: true });
  const between = (from: string, to: string, most = 20) =>
    commitsBetween({ address, from, to, most, signal: new AbortController().signal, deadlineMs: 60_000 });
  assert.deepEqual(await between(from, merge), {
    commits: [
      { sha: second, author: 'Ada', subject: 'Second' },
      { sha: merge, author: 'Ada', subject: 'Merge side' },
    ],
    count: 2,
  });
  const last = await between(from, merge, 1);
  assert.deepEqual([last.commits.map(({ sha }) => sha), last.count], [[merge], 2]);
  assert.deepEqual(await between(merge, from), { commits: [], count: 0 });
  await assert.rejects(between('f'.repeat(40), merge), { name: 'MarteauError' });
});
