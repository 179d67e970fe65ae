import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openTestbed } from '../../fixtures/testbed.ts';

const nothing = { tools: [], wanted: 0, busy: 0, idle: 0, draining: 0, waiting: 0, oldestWaitSeconds: 0 };
const inAYear = () => new Date(Date.now() + 3e10).toISOString();

describe('GET /api/v1/scale', () => {
  test('answers all sets, or the one that is asked for as an object, and says what is wrong', async () => {
    await using bed = await openTestbed({ MARTEAU_ACCESS_TOKEN: 'a-token-of-this-test' });
    const headers = { authorization: 'Bearer a-token-of-this-test' };
    const ask = async (query = '') => {
      const answer = await bed.get(`/api/v1/scale${query}`, { headers });
      return [answer.status, (await answer.json()) as { detail: string }] as const;
    };
    assert.deepEqual(await ask(), [200, { v: 1, sets: [] }]);
    const spec = {
      cores: 1,
      memory: 1,
      versions: { marteau: '0', node: '0' },
      roles: ['desk', 'load'] as const,
    };
    await bed.store.nodes.join({ ...spec, name: 'n1', labels: { region: 'eu', disk: 'ssd' } }, () => ({
      doing: '',
      load: 0,
      freeMemory: 0,
    }));
    const labels = { disk: 'ssd', region: 'eu' };
    assert.deepEqual(await ask(), [200, { v: 1, sets: [{ labels, ...nothing, idle: 1 }] }]);
    assert.deepEqual(await ask('?labels=region=eu,disk=ssd'), [200, { v: 1, labels, ...nothing, idle: 1 }]);
    assert.deepEqual(await ask('?labels=region=us'), [200, { v: 1, labels: { region: 'us' }, ...nothing }]);
    assert.deepEqual(await ask('?labels='), [200, { v: 1, labels: {}, ...nothing }]);
    const [status, problem] = await ask('?labels=eu');
    assert.equal(status, 400);
    assert.match(problem.detail, /names with values/);
  });

  test('is for admins, and for keys of theirs with the scope metrics', async () => {
    await using bed = await openTestbed({ MARTEAU_ADMIN: 'ana@example.com' });
    const person = async (name: string) =>
      (await bed.store.people.make({ issuer: 'mail', subject: `${name}@example.com`, name })).person.id;
    const [ana, ben] = [await person('ana'), await person('ben')];
    const statusWith = async (person: string, scope: 'metrics' | 'read') => {
      const { key } = await bed.store.apiKeys.make({
        name: 'KEDA',
        person,
        projects: null,
        scopes: [scope],
        expiresAt: inAYear(),
      });
      const headers = { authorization: `Bearer ${key}` };
      const runs = (await (await bed.get('/api/v1/runs', { headers })).json()) as { runs: unknown[] };
      assert.deepEqual(runs.runs, []);
      return (await bed.get('/api/v1/scale', { headers })).status;
    };
    await bed.store.runs.submit({
      request: { repo: 'https://git.example.com/team/shop' },
      project: 'https://git.example.com/team/shop',
      submitter: { kind: 'api', id: 'api' },
      trigger: 'api',
    });
    assert.equal(await statusWith(ana, 'metrics'), 200);
    assert.equal(await statusWith(ben, 'metrics'), 403);
    assert.equal(await statusWith(ben, 'read'), 403);
    assert.equal((await bed.get('/api/v1/scale')).status, 401);
    assert.equal((await bed.get('/api/v1/scale', { headers: await bed.as(ana) })).status, 200);
    const page = async (who: string) => (await bed.get('/you', { headers: await bed.as(who) })).text();
    assert.match(await page(ana), /name="metrics"/);
    assert.doesNotMatch(await page(ben), /name="metrics"/);
    const made = await bed.submitForm('/you/keys', { name: 'x', metrics: 'on' }, await bed.as(ben));
    assert.equal(made.status, 400);
  });

  test('is for admins of now: a key of one who is none any more, or is disabled, opens nothing', async () => {
    await using bed = await openTestbed({ MARTEAU_ADMIN: 'ana@example.com' });
    const { person } = await bed.store.people.make(
      { issuer: 'mail', subject: 'ben@example.com', name: 'ben' },
      { isAdmin: true },
    );
    const { key } = await bed.store.apiKeys.make({
      name: 'KEDA',
      person: person.id,
      projects: null,
      scopes: ['metrics'],
      expiresAt: inAYear(),
    });
    const ask = async () =>
      (await bed.get('/api/v1/scale', { headers: { authorization: `Bearer ${key}` } })).status;
    assert.equal(await ask(), 200);
    await bed.store.people.change(person.id, (one) => ({ ...one, isAdmin: false }));
    assert.equal(await ask(), 403);
    await bed.store.people.change(person.id, (one) => ({ ...one, isAdmin: true }));
    assert.equal(await ask(), 200);
    await bed.store.people.change(person.id, (one) => ({ ...one, isDisabled: true }));
    assert.equal(await ask(), 401);
  });
});
