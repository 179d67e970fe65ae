import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startGitServer } from '@marteau/testkit';
import { checkAddress } from './address/check-address.ts';
import { findMergeBase } from './merge-base.ts';
import { parseRef } from './ref.ts';

for (const filter of [true, false]) {
  test(`where a commit left a branch, where the host ${filter ? 'leaves files out' : 'sends all'}`, async () => {
    await using server = await startGitServer();
    const repo = await server.createRepo('shop', { a: '1' }, { filter });
    const old = await repo.commit({ a: '2' });
    await repo.git('checkout', '-q', '-b', 'quick');
    await repo.commit({ a: '3' });
    const head = await repo.commit({ a: '4' });
    await repo.git('update-ref', 'refs/pull/1/head', head);
    await repo.git('checkout', '-q', 'main');
    const tip = await repo.commit({ b: '1' });
    await repo.git('checkout', '-q', '--orphan', 'alien');
    const alien = await repo.commit({ c: '1' });
    const find = async (ref: string, branch = 'main') =>
      findMergeBase({
        address: await checkAddress(repo.url, { allowPrivate: true }),
        ref: parseRef(ref),
        branch,
        signal: new AbortController().signal,
        deadlineMs: 60_000,
      });
    assert.equal(await find(head), old);
    if (!filter) return;
    assert.equal(await find('refs/pull/1/head'), old);
    assert.equal(await find(tip), tip);
    assert.equal(await find(alien), null);
    await assert.rejects(find(head, 'never-was'), { code: 'clone-failed' });
    await assert.rejects(find(head, '--upload-pack=x'), { code: 'ref-wrong' });
  });
}
