import assert from 'node:assert/strict';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openTestbed } from '../fixtures/testbed.ts';
import { isKey } from '../keys/keys.ts';
import { projectId } from '../projects/project.ts';

const ana = { issuer: 'mail', subject: 'ana@example.com', name: 'ana@example.com' };
const git = { issuer: 'https://git.example.com', subject: '42', name: 'ana' };
const shop = 'https://git.example.com/team/shop';

test('an identity is one person’s, however many ask at once, and another’s stays another’s', async () => {
  await using bed = await openTestbed();
  const stores = await Promise.all([bed.open(), bed.open({ kind: 'web' })]);
  const [{ people }] = stores;
  const made = await Promise.all([...stores, ...stores].map((store) => store.people.make(ana)));
  assert.deepEqual(new Set(made.map(({ person }) => person.id)).size, 1);
  assert.equal(made.filter(({ isNew }) => isNew).length, 1);
  const { person } = made[0]!;
  await people.addIdentity(person.id, git);
  assert.equal((await people.find(git))?.id, person.id);
  const other = await people.make({ issuer: 'mail', subject: 'ben@example.com', name: 'Ben' });
  await assert.rejects(people.addIdentity(other.person.id, git), { code: 'identity-taken' });
  // the same number of another issuer is somebody else
  assert.equal(await people.find({ ...git, issuer: 'https://git.example.org' }), null);
});

test('roles are those given by hand, alone or by a team, the higher one; each change is a new version', async () => {
  await using bed = await openTestbed();
  const { people, projects } = await bed.open();
  const { person } = await people.make(ana);
  const { id } = await projects.make(shop);
  assert.deepEqual([...(await people.rolesOf(person.id))], []);
  const before = await people.version();
  await projects.share(id, person.id, 'reader');
  const team = await people.teams.make('Shop');
  await people.teams.change(team.id, (one) => ({ ...one, people: [person.id] }));
  await projects.share(id, team.id, 'owner');
  assert.deepEqual([...(await people.rolesOf(person.id))], [[id, 'owner']]);
  assert.ok((await people.version()) > before);
  await people.teams.change(team.id, (one) => ({ ...one, people: [] }));
  assert.deepEqual([...(await people.rolesOf(person.id))], [[id, 'reader']]);
  await projects.share(id, person.id, null);
  assert.deepEqual([...(await people.rolesOf(person.id))], []);
});

test('an emptied Redis loses no person, team, member, key or entry of the audit log; sessions end', async () => {
  await using bed = await openTestbed();
  const store = await bed.open();
  const { person } = await store.people.make(ana, { isAdmin: true });
  const { id } = await store.projects.make(shop);
  const team = await store.people.teams.make('Shop');
  await store.people.teams.change(team.id, (one) => ({ ...one, people: [person.id] }));
  await store.projects.share(id, team.id, 'runner');
  const expiresAt = new Date(Date.now() + 1e9).toISOString();
  const { key, record } = await store.apiKeys.make({
    name: 'CI',
    person: person.id,
    projects: [id],
    scopes: ['read'],
    expiresAt,
  });
  await store.audit.add({ who: 'nobody', name: '', address: '', what: 'sign-in.refused', object: '' });
  const secret = await store.personSessions.begin({ person: person.id, way: 'mail', agent: '', address: '' });
  const version = await store.people.version();
  await bed.raw.flushall();
  await store.reconcile();
  assert.equal((await store.people.find(ana))?.isAdmin, true);
  assert.deepEqual([...(await store.people.rolesOf(person.id))], [[id, 'runner']]);
  assert.equal((await store.apiKeys.use(key))?.id, record.id);
  assert.deepEqual(
    (await store.apiKeys.of(person.id)).map(({ id }) => id),
    [record.id],
  );
  assert.deepEqual(
    (await store.audit.list({ limit: 5 })).entries.map(({ what }) => what),
    ['sign-in.refused'],
  );
  assert.equal((await store.personSessions.look(secret)).session, null);
  assert.notEqual(await store.people.version(), version);
  assert.equal(projectId(shop), id);
});

test('a key is known by its shape, used until it ends, and is in no file', async () => {
  await using bed = await openTestbed();
  const { apiKeys } = await bed.open();
  const begin = { name: 'CI', person: 'u000000000000', projects: null, scopes: ['read' as const] };
  const later = new Date(Date.now() + 1e9).toISOString();
  const { key, record } = await apiKeys.make({ ...begin, expiresAt: later });
  const { key: old } = await apiKeys.make({ ...begin, expiresAt: new Date(Date.now() - 1).toISOString() });
  assert.match(key, /^mrt_[0-9A-Za-z]{36}$/);
  assert.ok(isKey(key) && !isKey(`${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`));
  assert.ok(!JSON.stringify(record).includes(key.slice(8)));
  assert.match((await apiKeys.use(key))?.id ?? '', /^k/);
  assert.match((await apiKeys.get(record.id))?.lastUsed ?? '', /^\d{4}-\d\d-\d\d$/);
  assert.equal(await apiKeys.use(old), null);
  await apiKeys.end(record.id);
  assert.equal(await apiKeys.use(key), null);
});

test('the audit log is a file of the day that its owner alone reads, and pages from the newest on', async () => {
  await using bed = await openTestbed();
  const { audit } = await bed.open();
  for (const what of ['a', 'b', 'c'])
    await audit.add({ who: 'person u1', name: 'Ana', address: '::1', what, object: 'run r1' });
  const first = await audit.list({ limit: 2 });
  assert.deepEqual(
    first.entries.map(({ what }) => what),
    ['c', 'b'],
  );
  const next = await audit.list({ limit: 2, before: first.cursor });
  assert.deepEqual([next.entries.map(({ what }) => what), next.cursor], [['a'], null]);
  const folder = join(bed.dataFolder, 'audit');
  const [name = ''] = await readdir(folder);
  assert.equal((await stat(join(folder, name))).mode & 0o077, 0);
});

test('a session is listed, proved again and ended; a sign-in under way is used once', async () => {
  await using bed = await openTestbed();
  const { personSessions, signIns } = await bed.open();
  const person = 'u000000000000';
  const about = { person, way: 'mail', agent: 'Firefox', address: '127.0.0.1' };
  const secrets = [await personSessions.begin(about), await personSessions.begin(about)];
  const sessions = await personSessions.of(person);
  assert.equal(sessions.length, 2);
  const { session } = await personSessions.look(secrets[0]!);
  assert.equal(session?.agent, 'Firefox');
  await personSessions.endAll(person, session?.id);
  assert.deepEqual(
    (await personSessions.of(person)).map(({ id }) => id),
    [session?.id],
  );
  assert.equal((await personSessions.look(secrets[1]!)).session, null);
  assert.equal((await personSessions.look('x')).session, null);

  await signIns.begin('secret', { mail: 'a' });
  assert.deepEqual(await signIns.look('secret'), { mail: 'a' });
  const taken = await Promise.all([signIns.take('secret'), signIns.take('secret')]);
  assert.deepEqual(
    taken.filter((one) => one !== null),
    [{ mail: 'a' }],
  );
  const tries = await Promise.all([1, 2, 3].map(() => signIns.mayTry('mail a', 2)));
  assert.deepEqual(
    tries.filter((one) => !one),
    [false],
  );
});
