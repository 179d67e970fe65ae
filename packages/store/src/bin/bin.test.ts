import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  complete,
  enterLine,
  isClosed,
  isRunning,
  joinNode,
  openTestbed,
  submission,
  type Testbed,
} from '../fixtures/testbed.ts';
import type { NodeSession, Store } from '../index.ts';
import { projectId } from '../index.ts';

const by = { who: 'person u1', name: 'Ana' };
const shop = 'https://git.example.com/team/shop';
const day = 86_400_000;

let bed: Testbed;
let store: Store;
const nodes: NodeSession[] = [];
let joined = 0;

before(async () => {
  bed = await openTestbed();
  store = await bed.open();
});
after(() => bed[Symbol.asyncDispose]());

async function ended(project = shop): Promise<string> {
  // One of its own: on a slow machine the ones before may have missed their leases.
  nodes.push(await joinNode(store, `n${++joined}`));
  const id = await enterLine(store, {}, { project, request: { repo: project } });
  await isRunning(store, id);
  await complete(store, id, nodes);
  await isClosed(bed, store, id);
  await store.folders.of(id).put('report.html', 'the report');
  return id;
}
/** Redis forgets all, and is filled from the folders. */
async function empty(): Promise<void> {
  await bed.raw.flushall();
  await store.rebuild();
}
const listed = async () => (await store.runs.list({ limit: 50 })).runs.map(({ id }) => id);
const report = (id: string) => store.folders.of(id).text('report.html');

test('a run in the bin is in no list, is had back as it was, and is gone once it is deleted for good', async () => {
  const id = await ended();
  const run = await store.runs.get(id);
  await store.runs.pin(id, true);
  await store.bin.takeRun(id, by);
  assert.deepEqual([await listed(), await store.runs.get(id)], [[], null]);
  assert.deepEqual(
    (await store.bin.list()).entries.map(({ name, kind }) => [name, kind]),
    [['Shop, cccccccc', 'run']],
  );
  await store.retain({ maxAgeMs: null, maxBytes: null });
  assert.equal(await store.runs.adopt(id), false, 'what is in the bin stays there');
  await store.bin.undo(id);
  assert.deepEqual(await listed(), [id]);
  assert.deepEqual(await store.runs.get(id), run);
  assert.ok((await store.runs.pinned([id])).has(id));
  await assert.rejects(store.bin.undo(id), { code: 'not-found' });

  await store.bin.takeRun(id, by);
  await store.bin.erase(id);
  assert.deepEqual([await report(id), (await store.bin.list()).entries], [null, []]);
});

test('what is in the bin is there after Redis was emptied, goes after its time, and first where room is wanted', async () => {
  const [binned, kept] = [await ended(), await ended()];
  await store.bin.takeRun(binned, by);
  await empty();
  assert.deepEqual(await listed(), [kept]);
  assert.equal(await store.bin.expire(day), 0);
  await store.retain({ maxAgeMs: null, maxBytes: 4000 });
  assert.deepEqual([await report(binned), await report(kept)], [null, 'the report']);
  await store.bin.takeRun(kept, by);
  assert.equal(await store.bin.expire(-1), 1);
  assert.deepEqual(await store.folders.list(), []);
});

test('a project goes with its runs, and comes back with them, its members and its hook', async () => {
  const repo = 'https://git.example.com/team/gone';
  const [one, two, other] = [await ended(repo), await ended(repo), await ended()];
  const id = projectId(repo);
  const { person } = await store.people.make({ issuer: 'mail', subject: 'ben@example.com', name: 'Ben' });
  await store.projects.share(id, person.id, 'owner');
  const forge = { kind: 'generic' as const, api: 'https://git.example.com' };
  const { secret } = await store.hooks.connect({ id, repo }, forge);
  const live = await store.runs.submit(submission({ project: repo, request: { repo } }));
  await assert.rejects(store.bin.takeProject(id, by), { code: 'project-busy' });
  await store.runs.cancel(live.id, { kind: 'email', id: 'ana@example.com' });
  await isClosed(bed, store, live.id);

  await store.bin.takeProject(id, by);
  assert.deepEqual(await listed(), [other]);
  assert.equal(await store.projects.get(id), null);
  assert.equal(await store.hooks.of(id), null);
  assert.deepEqual([...(await store.people.rolesOf(person.id))], []);
  // Somebody runs it again meanwhile: that is another one of the same name.
  const later = await ended(repo);
  await empty();
  assert.deepEqual((await listed()).toSorted(), [other, later].toSorted());

  await store.bin.undo(id);
  assert.deepEqual((await listed()).toSorted(), [one, two, live.id, other, later].toSorted());
  assert.equal((await store.hooks.of(id))?.secrets[0]?.secret, secret);

  await store.bin.takeProject(id, by);
  await store.bin.erase(id);
  assert.deepEqual(await store.folders.list(), [other]);
  assert.equal(await store.hooks.of(id), null);
  assert.equal((await store.hooks.connect({ id, repo }, forge)).secret === secret, false);
});
