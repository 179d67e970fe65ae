import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openTestbed } from '../fixtures/testbed.ts';
import { openingSecrets } from './hook.ts';

const project = { id: 'p00000000000a', repo: 'https://git.example.com/team/shop' };
const forge = { kind: 'gitea', api: 'https://git.example.com' } as const;

test('a secret is shown once, and two are good while it is rotated; nobody else can read the file', async () => {
  await using bed = await openTestbed();
  const [store, other] = [await bed.open({ kind: 'web' }), await bed.open({ kind: 'web' })];
  await assert.rejects(store.hooks.rotate(project.id), { code: 'not-found' });
  const { secret, hook } = await store.hooks.connect(project, forge);
  assert.match(secret!, /^whsec_[A-Za-z0-9+/]{43}=$/);
  assert.deepEqual(hook.forge, forge);
  const again = await other.hooks.connect(project, { ...forge, kind: 'forgejo' });
  assert.deepEqual([again.secret, again.hook.forge.kind], [null, 'forgejo']);
  const second = await other.hooks.rotate(project.id);
  const opening = async (days: number) =>
    openingSecrets((await store.hooks.of(project.id))!, Date.now() + days * 86_400_000);
  assert.deepEqual(await opening(6), [second.secret, secret]);
  assert.deepEqual(await opening(8), [second.secret]);
  const third = await store.hooks.rotate(project.id);
  assert.deepEqual(await opening(0), [third.secret, second.secret]);
  assert.equal((await stat(join(bed.dataFolder, 'hooks', `${project.id}.json`))).mode & 0o077, 0);
});

test('a hook is known while Redis is away, and after Redis was emptied', async () => {
  await using bed = await openTestbed();
  const store = await bed.open({ kind: 'web' });
  await store.hooks.connect(project, forge);
  await bed.redis.kill();
  assert.equal((await store.hooks.of(project.id))?.repo, project.repo);
  assert.equal(await store.hooks.of('p00000000000b'), null);
  assert.equal(await store.hooks.of('../mailboxes/x'), null);
});
