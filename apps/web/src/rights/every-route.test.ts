// Every route of the app is asked by everybody: a new one without a rule fails, and so does one that lets too many in.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { projectId, type Role } from '@marteau/store';
import { openTestbed, type Testbed } from '../fixtures/testbed.ts';
import type { RouteRule } from '../plugins/actor.ts';

const shop = 'https://git.example.com/team/shop';
const other = 'https://git.example.com/team/other';
const ORDER: Role[] = ['reader', 'runner', 'owner'];

async function openWithPeople() {
  const bed = await openTestbed({ MARTEAU_ADMIN: 'ana@example.com' });
  const { people, projects } = bed.store;
  for (const repo of [shop, other]) await projects.make(repo);
  const person = async (name: string) =>
    (await people.make({ issuer: 'mail', subject: `${name}@example.com`, name })).person.id;
  const stranger = await person('stranger');
  await projects.share(projectId(other), stranger, 'owner');
  const cookies: Record<string, { cookie: string }> = { stranger: await bed.as(stranger) };
  for (const role of ORDER) {
    const id = await person(role);
    await projects.share(projectId(shop), id, role);
    cookies[role] = await bed.as(id);
  }
  cookies.admin = await bed.as(await person('ana'));
  return { bed, cookies };
}

const submitTo = async (bed: Testbed) =>
  (
    await bed.store.runs.submit({
      request: { repo: shop },
      project: shop,
      submitter: { kind: 'api', id: 'api' },
      kind: 'normal',
      trigger: 'api',
    })
  ).id;

interface Answer {
  status: number;
  code: string;
  detail: string;
}

/** What a route says, as a problem; '' as its code where it does what it is asked. */
async function ask(bed: Testbed, { method, url }: RouteRule, id: string, who: object): Promise<Answer> {
  const path = url.replace(':id', id).replace('*', 'run.json').replace(/:\w+/g, 'x');
  const left = new AbortController();
  const body = method === 'GET' || method === 'HEAD' || method === 'DELETE' ? {} : { body: '{}' };
  const headers = { ...('body' in body && { 'content-type': 'application/json' }), ...who };
  const response = await bed.get(path, { method, headers, signal: left.signal, ...body });
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem') ?? false;
  const problem = isProblem ? ((await response.json()) as { code: string; detail: string }) : null;
  left.abort();
  return { status: response.status, code: problem?.code ?? '', detail: problem?.detail ?? '' };
}

describe('every route', async () => {
  const { bed, cookies } = await openWithPeople();
  const rules = bed.rules.filter(({ method }) => method !== 'HEAD' && method !== 'OPTIONS');

  after(() => bed[Symbol.asyncDispose]());

  test('there are all of them', () => assert.ok(rules.length > 70, String(rules.length)));

  for (const rule of rules) {
    const { method, url, access } = rule;
    if (access === 'anonymous' || access === 'open') continue;
    test(`${method} ${url} asks who it is`, async () => {
      const id =
        typeof access === 'object' && access.of === 'project' ? projectId(shop) : await submitTo(bed);
      assert.equal((await ask(bed, rule, id, {})).code, 'access-denied');
      if (access === 'admin' || access === 'metrics' || access === 'self') {
        const who = access === 'self' ? {} : cookies.owner!;
        const expected = access === 'self' ? 'access-denied' : 'not-allowed';
        assert.equal((await ask(bed, rule, id, who)).code, expected);
      }
      if (typeof access !== 'object') return;
      const none = access.of === 'run' ? `r${'0'.repeat(19)}` : `p${'0'.repeat(12)}`;
      const [hidden, missing] = await Promise.all([
        ask(bed, rule, id, cookies.stranger!),
        ask(bed, rule, none, cookies.stranger!),
      ]);
      // Guessing an id answers as if it were not there.
      assert.deepEqual(
        { ...hidden, detail: hidden.detail.replace(id, none) },
        { ...missing, status: 404, code: 'not-found' },
      );
      for (const role of ORDER) {
        const { code, detail } = await ask(bed, rule, id, cookies[role]!);
        const suffices = ORDER.indexOf(role) >= ORDER.indexOf(access.need);
        if (suffices) assert.doesNotMatch(code, /not-allowed|access-denied/, role);
        else assert.equal(code, 'not-allowed', `${role}: ${detail}`);
      }
    });
  }
});
