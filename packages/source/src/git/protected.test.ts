import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  createTempFolder,
  type GitRepo,
  type GitServer,
  startGitServer,
  type TempFolder,
} from '@marteau/testkit';
import { checkAddress } from '../address/check-address.ts';
import { fetchSource } from '../fetch.ts';
import { parseRef } from '../ref.ts';

let server: GitServer;
let temp: TempFolder;
let folders = 0;
before(async () => {
  server = await startGitServer();
  temp = await createTempFolder();
});
after(async () => {
  await server[Symbol.asyncDispose]();
  await temp[Symbol.asyncDispose]();
});

async function protectedBy(repo: GitRepo, ref: string, protectedRefs: string[] | null = null) {
  const source = await fetchSource({
    address: await checkAddress(repo.url, { allowPrivate: true }),
    ref: parseRef(ref),
    into: join(temp.path, `${folders++}`),
    signal: new AbortController().signal,
    deadlineMs: 60_000,
    maxBytes: 50_000_000,
    protectedRefs,
  });
  return source.protectedBy;
}

for (const filter of [true, false]) {
  describe(`a commit on a protected branch or tag, where the host ${filter ? 'leaves files out' : 'sends all'}`, {
    concurrency: 4,
  }, () => {
    let repo: GitRepo;
    const sha: Record<string, string> = {};
    before(async () => {
      repo = await server.createRepo(`guarded-${filter}`, { a: '1' }, { filter });
      sha.old = await repo.git('rev-parse', 'HEAD');
      sha.tip = await repo.commit({ a: '2' });
      await repo.git('checkout', '--quiet', '-b', 'feature');
      sha.feature = await repo.commit({ a: 'feature' });
      await repo.git('checkout', '--quiet', '-b', 'release/1', 'main');
      sha.release = await repo.commit({ a: 'release' });
      await repo.git('checkout', '--quiet', '--detach', 'main');
      sha.tagged = await repo.commit({ a: 'tagged' });
      await repo.git('tag', '--annotate', '--message=one', 'v1');
      // What a fork asks to be merged, and a commit that nothing names: the host gives out both.
      sha.fork = await repo.commit({ a: 'fork' });
      await repo.git('update-ref', 'refs/pull/1/head', 'HEAD');
      await repo.git('update-ref', 'refs/merge-requests/1/head', 'HEAD');
      sha.loose = await repo.commit({ a: 'loose' });
      await repo.git('checkout', '--quiet', 'main');
      // One that claims to be as old as the hills.
      await repo
        .git('-c', 'user.name=x', 'commit-tree', '-m', 'old', '-p', sha.old, 'HEAD^{tree}')
        .then((made) => {
          sha.forged = made;
        });
    });

    for (const [ref, expected] of [
      ['', 'main'],
      ['main', 'main'],
      ['old', 'main'],
      ['tip', 'main'],
      ['v1', 'v1'],
      ['tagged', 'v1'],
      ['feature', null],
      ['release/1', null],
      ['refs/pull/1/head', null],
      ['refs/merge-requests/1/head', null],
      ['fork', null],
      ['loose', null],
      ['forged', null],
    ] as const) {
      it(`${ref || 'nothing'} is on ${expected ?? 'none'}`, async () => {
        assert.equal(await protectedBy(repo, sha[ref] ?? ref), expected);
      });
    }

    it('is one that a pattern names, where the server names some', async () => {
      assert.equal(await protectedBy(repo, 'release/1', ['main', 'release/*']), 'release/1');
      assert.equal(await protectedBy(repo, sha.old!, ['release/*']), 'release/1');
      assert.equal(await protectedBy(repo, 'v1', ['main']), null);
      assert.equal(await protectedBy(repo, sha.fork!, ['*']), null);
      assert.equal(await protectedBy(repo, 'main', ['gone']), null);
    });
  });
}

it('a token is shown where nothing else helps, and it is told', async () => {
  await using guarded = await startGitServer({ auth: { user: 'x-access-token', password: 'token' } });
  const fetched = async (host: GitServer, name: string) =>
    fetchSource({
      address: await checkAddress((await host.createRepo(name, { a: '1' })).url, { allowPrivate: true }),
      into: join(temp.path, `${folders++}`),
      signal: new AbortController().signal,
      deadlineMs: 60_000,
      maxBytes: 50_000_000,
      token: 'token',
    });
  assert.equal((await fetched(guarded, 'private')).byToken, true);
  assert.equal((await fetched(server, 'public')).byToken, false);
  assert.ok(server.requests.every(({ headers }) => headers.authorization === undefined));
});
