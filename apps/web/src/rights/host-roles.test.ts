import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MarteauError } from '@marteau/shared';
import { projectId, type Role } from '@marteau/store';
import { openTestbed } from '../fixtures/testbed.ts';
import type { Provider } from '../sign-in/providers/provider.ts';
import { createHostRoles } from './host-roles.ts';

const repo = 'https://git.example.com/team/shop';

test('a right that was taken away at the git host starts no load, though pages show what was seen for a while', async () => {
  await using bed = await openTestbed({ MARTEAU_ADMIN: 'ana@example.com' });
  const { person } = await bed.store.people.make({ issuer: 'x', subject: '1', name: 'Ben' });
  await bed.store.hostTokens.keep(person.id, 'gitea', 't');
  let role: Role | 'away' | null = 'runner';
  let asked = 0;
  const host = {
    id: 'gitea',
    async roles() {
      asked += 1;
      if (role === 'away') throw new MarteauError('host-away', { host: 'git.example.com', detail: 'no' });
      return new Map(role === null ? [] : [[repo, role]]);
    },
  } as unknown as Provider;
  let now = Date.now();
  const roles = createHostRoles(bed.store, [host], { warn() {} }, () => now);
  const roleOf = async (toStart: boolean) =>
    (await roles.ofPerson(person.id, toStart)).roles.get(projectId(repo));
  assert.equal(await roleOf(false), 'runner');
  role = null;
  now += 60_000;
  assert.equal(await roleOf(false), 'runner');
  assert.equal(await roleOf(true), undefined);
  assert.equal(await roleOf(false), undefined, 'what was learnt at a start holds for pages, too');
  role = 'runner';
  now += 60_000;
  assert.equal(await roleOf(true), 'runner');
  assert.equal(await roleOf(true), 'runner');
  assert.equal(asked, 3, 'starts that follow each other ask once');
  role = 'away';
  now += 60_000;
  assert.equal(await roleOf(true), 'reader', 'a host that is away lets nobody start anything');
});
