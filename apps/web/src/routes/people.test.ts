import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { projectId } from '@marteau/store';
import { startSmtpServer, waitUntil } from '@marteau/testkit';
import { openTestbed, type Testbed } from '../fixtures/testbed.ts';

const accounts = { MARTEAU_ADMIN: 'ana@example.com' };
const shop = 'http://127.0.0.1:9/team/shop';
const other = 'http://127.0.0.1:9/team/other';

/** The cookies that an answer sets, as a header. */
const cookiesOf = (response: Response) =>
  response.headers
    .getSetCookie()
    .map((one) => one.split(';')[0] ?? '')
    .join('; ');

/** Asks for a sign-in mail, as a browser does. @returns what this browser keeps, and the code that was mailed */
async function askFor(bed: Testbed, mail: string): Promise<{ kept: string; code: string }> {
  const before = bed.told.length;
  const asked = await bed.submitForm('/sign-in/mail', { mail, to: '/projects' });
  assert.equal(asked.status, 200);
  await waitUntil('the mail', () => bed.told.length > before);
  return { kept: cookiesOf(asked), code: /#([\w-]{43})/.exec(bed.told.at(-1) ?? '')?.[1] ?? '' };
}

const use = (bed: Testbed, code: string, cookie: string, more: Record<string, string> = {}) =>
  bed.submitForm('/sign-in/link', { code, ...more }, { cookie });

async function anaIn(bed: Testbed, provedAt?: number): Promise<{ cookie: string }> {
  const { person } = await bed.store.people.make({ issuer: 'mail', subject: 'ana@example.com', name: 'Ana' });
  return bed.as(person.id, provedAt);
}

describe('signing in by mail', () => {
  test('the admin gets a link, on disk and in the terminal, and is in with one press', async () => {
    await using bed = await openTestbed(accounts);
    assert.equal(
      (await bed.get('/', { headers: { accept: 'text/html' } })).headers.get('location'),
      '/sign-in?to=%2F',
    );
    const { kept, code } = await askFor(bed, 'Ana@Example.com');
    const done = await use(bed, code, kept);
    assert.deepEqual([done.status, done.headers.get('location')], [303, '/projects']);
    const cookie = cookiesOf(done);
    assert.match(done.headers.getSetCookie().join(), /marteau=[\w-]{43};.*HttpOnly; SameSite=Lax/);
    const page = await (await bed.get('/people', { headers: { cookie } })).text();
    assert.match(page, /ana@example\.com[\s\S]*admin/);
    // the mail itself is its owner's alone, and on no page
    const [name = ''] = await readdir(join(bed.dataFolder, 'outbox'));
    assert.match(name, /^sign-in\./);
    assert.equal((await stat(join(bed.dataFolder, 'outbox', name))).mode & 0o077, 0);
    assert.doesNotMatch(
      await (await bed.get('/outbox', { headers: { cookie } })).text(),
      /Sign in to Marteau/,
    );
    const path = `/outbox/${name.replace(/\.eml$/, '')}`;
    assert.equal((await bed.get(path, { headers: { cookie } })).status, 404);
  });

  test('a link works once, and in another browser asks once more, with where it was asked for', async () => {
    await using bed = await openTestbed(accounts);
    const { code } = await askFor(bed, 'ana@example.com');
    const elsewhere = await use(bed, code, '');
    assert.equal(elsewhere.status, 200);
    assert.match(
      await elsewhere.text(),
      /not the browser in which the link was asked for[\s\S]*127\.0\.0\.1/,
    );
    const confirmed = await use(bed, code, '', { confirmed: '1' });
    assert.equal(confirmed.status, 303);
    const again = await use(bed, code, '', { confirmed: '1' });
    assert.equal(again.status, 410);
    assert.match(await again.text(), /was used already, or is older than ten minutes/);
  });

  test('who may not sign in is answered as who may, and gets no mail', async () => {
    await using smtp = await startSmtpServer();
    await using bed = await openTestbed({ ...accounts, SMTP_URL: smtp.url, MARTEAU_URL: 'http://127.0.0.1' });
    const ask = async (mail: string) => {
      const response = await bed.submitForm('/sign-in/mail', { mail }, { host: '127.0.0.1' });
      return {
        status: response.status,
        page: (await response.text()).replaceAll(mail, 'MAIL').replace(/[\w-]{43}/g, ''),
      };
    };
    const [known, unknown] = [await ask('ana@example.com'), await ask('eve@example.com')];
    assert.deepEqual(known, unknown);
    await waitUntil('the mail', () => smtp.mails.length > 0);
    assert.deepEqual(
      smtp.mails.flatMap(({ to }) => to),
      ['ana@example.com'],
    );
    assert.match(smtp.mails[0]?.parsed.text ?? '', /http:\/\/127\.0\.0\.1\/sign-in\/link#[\w-]{43}/);
    assert.equal(smtp.mails[0]?.parsed.headers.get('list-unsubscribe'), undefined);
  });

  test('a mailbox is mailed ten times an hour, in whatever way it is written', async () => {
    await using bed = await openTestbed(accounts);
    const answers = [];
    for (let n = 0; n < 11; n++)
      answers.push((await bed.submitForm('/sign-in/mail', { mail: `a.na+${n}@example.com` })).status);
    assert.deepEqual(answers.slice(-2), [200, 429]);
  });

  test('a stranger who has a mailbox mailed keeps its owner, who is elsewhere, from no sign-in', async () => {
    await using bed = await openTestbed({ ...accounts, MARTEAU_TRUSTED_PROXIES: '127.0.0.1' });
    const ask = async (address: string) => {
      const headers = { 'x-forwarded-for': address };
      return (await bed.submitForm('/sign-in/mail', { mail: 'ana@example.com' }, headers)).status;
    };
    for (let n = 0; n < 10; n++) assert.equal(await ask(`198.51.100.${n}`), 200);
    assert.equal(await ask('198.51.100.99'), 429);
    assert.equal(await ask('203.0.113.9'), 200);
  });

  test('who is behind a proxy is known where that is trusted, and else what a header says counts for nothing', async () => {
    for (const [trusted, wanted] of [
      ['127.0.0.0/8', '203.0.113.9'],
      ['', '127.0.0.1'],
    ] as const) {
      await using bed = await openTestbed({ ...accounts, MARTEAU_TRUSTED_PROXIES: trusted });
      const { cookie } = await anaIn(bed);
      const headers = { cookie, 'x-forwarded-for': '192.0.2.1, 203.0.113.9' };
      await bed.submitForm('/teams', { name: 'shop' }, headers);
      const { entries } = await bed.store.audit.list({ limit: 5 });
      assert.deepEqual(
        entries.filter(({ what }) => what === 'team.make').map(({ address }) => address),
        [wanted],
      );
    }
  });

  test('a session that somebody planted is not the one that is signed in', async () => {
    await using bed = await openTestbed(accounts);
    const { kept, code } = await askFor(bed, 'ana@example.com');
    const planted = `marteau=${'p'.repeat(43)}`;
    const done = await use(bed, code, `${kept}; ${planted}`);
    assert.equal(done.status, 303);
    assert.equal((await bed.get('/you', { headers: { cookie: planted } })).status, 401);
  });

  test('what leads elsewhere is not followed', async () => {
    await using bed = await openTestbed(accounts);
    for (const to of ['//evil.example', 'https://evil.example/', '/\\evil.example', '/..//evil.example']) {
      const asked = await bed.submitForm('/sign-in/mail', { mail: 'ana@example.com', to });
      await waitUntil('the mail', () => bed.told.length > 0);
      const code = /#([\w-]{43})/.exec(bed.told.pop() ?? '')?.[1] ?? '';
      assert.equal((await use(bed, code, cookiesOf(asked))).headers.get('location'), '/');
    }
  });
});

describe('people', () => {
  test('an admin gives a colleague one project, who sees it and not the other', async () => {
    await using bed = await openTestbed(accounts);
    const ana = await anaIn(bed);
    for (const repo of [shop, other]) {
      await bed.store.projects.make(repo);
      await bed.store.runs.submit({
        request: { repo },
        project: repo,
        submitter: { kind: 'api', id: 'api' },
        kind: 'normal',
        trigger: 'api',
      });
    }
    const given = await bed.submitForm(
      `/projects/${projectId(shop)}/members`,
      { mail: 'ben@example.com', role: 'runner' },
      ana,
    );
    assert.equal(given.status, 303);
    assert.match(bed.told.at(-1) ?? '', /ben@example\.com.*\/sign-in$/);
    const { kept, code } = await askFor(bed, 'ben@example.com');
    const ben = { cookie: cookiesOf(await use(bed, code, kept)) };
    for (const path of ['/', '/runs', '/projects', '/api/v1/runs', '/api/v1/projects']) {
      const text = await (await bed.get(path, { headers: ben })).text();
      assert.match(text, /team\/shop/, path);
      assert.doesNotMatch(text, /team\/other/, path);
    }
    for (const path of [`/runs?project=${other}`, `/api/v1/runs?project=${encodeURIComponent(other)}`])
      assert.doesNotMatch(
        await (await bed.get(path, { headers: ben })).text(),
        /"id":"r|href="\/runs\/r/,
        path,
      );
    assert.equal((await bed.get(`/trend?project=${other}`, { headers: ben })).status, 404);
    const submitted = await bed.call('POST', '/api/v1/runs', { repo: other }, ben);
    const unknown = await bed.call('POST', '/api/v1/runs', { repo: `${other}-none` }, ben);
    assert.deepEqual([submitted.status, await submitted.json()], [unknown.status, await unknown.json()]);
    assert.equal((await bed.call('POST', '/api/v1/look', { repo: other }, ben)).status, 403);
    const run = await bed.call('POST', '/api/v1/runs', { repo: shop }, ben);
    assert.equal(run.status, 201);
  });

  test('a person who is disabled is out at once, and gets no link', async () => {
    await using bed = await openTestbed(accounts);
    const ana = await anaIn(bed);
    const { person } = await bed.store.people.make({
      issuer: 'mail',
      subject: 'ben@example.com',
      name: 'Ben',
    });
    const ben = await bed.as(person.id);
    const { key } = await bed.store.apiKeys.make({
      name: 'CI',
      person: person.id,
      projects: null,
      scopes: ['read'],
      expiresAt: new Date(Date.now() + 1e9).toISOString(),
    });
    const bearer = { authorization: `Bearer ${key}` };
    assert.deepEqual(
      [
        (await bed.get('/you', { headers: ben })).status,
        (await bed.get('/api/v1/runs', { headers: bearer })).status,
      ],
      [200, 200],
    );
    assert.equal((await bed.submitForm(`/people/${person.id}/disable`, {}, ana)).status, 303);
    assert.deepEqual(
      [
        (await bed.get('/you', { headers: ben })).status,
        (await bed.get('/api/v1/runs', { headers: bearer })).status,
      ],
      [401, 401],
    );
    await bed.submitForm('/sign-in/mail', { mail: 'ben@example.com' });
    await bed.submitForm('/sign-in/mail', { mail: 'ana@example.com' });
    await waitUntil('a mail', () => bed.told.length > 0);
    assert.doesNotMatch(bed.told.join(), /to ben@/);
    // nobody shuts themselves out
    const myself = (await bed.store.people.find({ issuer: 'mail', subject: 'ana@example.com' }))!.id;
    assert.equal((await bed.submitForm(`/people/${myself}/disable`, {}, ana)).status, 400);
  });

  test('rights that are taken away while an event stream is open end it', async () => {
    await using bed = await openTestbed(accounts);
    await bed.store.projects.make(shop);
    const { person } = await bed.store.people.make({
      issuer: 'mail',
      subject: 'ben@example.com',
      name: 'Ben',
    });
    await bed.store.projects.share(projectId(shop), person.id, 'reader');
    const ben = await bed.as(person.id);
    const run = await bed.store.runs.submit({
      request: { repo: shop },
      project: shop,
      submitter: { kind: 'api', id: 'api' },
      kind: 'normal',
      trigger: 'api',
    });
    const stream = await bed.get(`/api/v1/runs/${run.id}/events`, { headers: ben });
    assert.equal(stream.status, 200);
    await bed.store.projects.share(projectId(shop), person.id, null);
    await stream.text(); // ends
    assert.equal((await bed.get(`/runs/${run.id}`, { headers: ben })).status, 404);
  });

  test('who is disabled in the middle of a run sees and stops it no more, and it goes on for the others', async () => {
    await using bed = await openTestbed(accounts);
    const { person } = await bed.store.people.make({
      issuer: 'mail',
      subject: 'ben@example.com',
      name: 'Ben',
    });
    await bed.store.projects.make(shop);
    await bed.store.projects.share(projectId(shop), person.id, 'runner');
    const ben = await bed.as(person.id);
    const submitted = await bed.call('POST', '/api/v1/runs', { repo: shop }, ben);
    const { id } = (await submitted.json()) as { id: string };
    const stream = await bed.get(`/api/v1/runs/${id}/events`, { headers: ben });
    assert.equal(stream.status, 200);
    const ana = await anaIn(bed);
    await bed.submitForm(`/people/${person.id}/disable`, {}, ana);
    await stream.text(); // ends
    assert.equal((await bed.call('POST', `/api/v1/runs/${id}/cancel`, undefined, ben)).status, 401);
    assert.equal((await bed.store.runs.get(id))?.state, 'queued');
    assert.equal((await bed.call('POST', `/api/v1/runs/${id}/cancel`, undefined, ana)).status, 200);
  });

  test('what is asked long after signing in asks for a second look', async () => {
    await using bed = await openTestbed(accounts);
    const { person } = await bed.store.people.make({
      issuer: 'mail',
      subject: 'ben@example.com',
      name: 'Ben',
    });
    const ana = await anaIn(bed, Date.now() - 16 * 60_000);
    const refused = await bed.submitForm(`/people/${person.id}/disable`, {}, ana);
    assert.equal(refused.status, 403);
    assert.match(await refused.text(), /a second look at who you are[\s\S]*\/sign-in\?again=1/);
    assert.equal((await bed.store.people.get(person.id))?.isDisabled, false);
  });

  test('the audit log tells who did what, and who was not let, and is exported whole', async () => {
    await using bed = await openTestbed(accounts);
    const ana = await anaIn(bed);
    await bed.store.projects.make(shop);
    await bed.submitForm('/teams', { name: 'Shop' }, ana);
    const run = (await (await bed.call('POST', '/api/v1/runs', { repo: shop }, ana)).json()) as {
      id: string;
    };
    await bed.call('POST', `/api/v1/runs/${run.id}/cancel`, undefined, ana);
    const { person } = await bed.store.people.make({
      issuer: 'mail',
      subject: 'ben@example.com',
      name: 'Ben',
    });
    await bed.get('/people', { headers: await bed.as(person.id) });
    const entries = async () =>
      (await (await bed.get('/audit.jsonl', { headers: ana })).text())
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    await waitUntil('the last entry', async () => (await entries()).length === 4);
    assert.deepEqual(
      (await entries()).map(({ what, name, object }) => [what, name, object]),
      [
        ['refused', 'Ben', '/people'],
        ['run.cancel', 'Ana', `run ${run.id}`],
        ['run.submit', 'Ana', `run ${run.id}`],
        ['team.make', 'Ana', (await entries()).at(-1).object],
      ],
    );
    const page = await (await bed.get('/audit', { headers: ana })).text();
    assert.match(page, new RegExp(`href="/runs/${run.id}"`));
    const [day = ''] = await readdir(join(bed.dataFolder, 'audit'));
    assert.equal((await readFile(join(bed.dataFolder, 'audit', day), 'utf8')).trim().split('\n').length, 4);
  });
});

describe('keys', () => {
  test('one is shown once, does what it is for and no more, and ends', async () => {
    await using bed = await openTestbed(accounts);
    const ana = await anaIn(bed);
    for (const repo of [shop, other]) await bed.store.projects.make(repo);
    const made = await bed.submitForm(
      '/you/keys',
      { name: 'CI', read: 'on', submit: 'on', project: projectId(shop), days: '30' },
      ana,
    );
    const key = /mrt_[0-9A-Za-z]{36}/.exec(await made.text())?.[0] ?? '';
    assert.doesNotMatch(await (await bed.get('/you', { headers: ana })).text(), new RegExp(key));
    const bearer = { authorization: `Bearer ${key}` };
    const run = (await (await bed.call('POST', '/api/v1/runs', { repo: shop }, bearer)).json()) as {
      id: string;
    };
    const statuses = {
      'GET /api/v1/runs': 200,
      [`GET /api/v1/runs/${run.id}`]: 200,
      [`GET /api/v1/projects/${projectId(other)}`]: 404,
      [`POST /api/v1/runs/${run.id}/cancel`]: 403,
      'POST /api/v1/queue/pause': 403,
      'GET /people': 403,
      'GET /you': 403,
    };
    for (const [call, status] of Object.entries(statuses)) {
      const [method = '', path = ''] = call.split(' ');
      assert.equal((await bed.call(method, path, undefined, bearer)).status, status, call);
    }
    assert.equal((await bed.call('POST', '/api/v1/runs', { repo: other }, bearer)).status, 403);
    const { projects } = (await (await bed.call('GET', '/api/v1/projects', undefined, bearer)).json()) as {
      projects: { repo: string }[];
    };
    assert.deepEqual(
      projects.map(({ repo }) => repo),
      [shop],
    );
    assert.equal((await bed.store.runs.get(run.id))?.submitter.kind, 'person');
    const [{ id } = { id: '' }] = await bed.store.apiKeys.of((await bed.store.people.list())[0]!.id);
    assert.equal((await bed.submitForm(`/you/keys/${id}/end`, {}, ana)).status, 303);
    assert.equal((await bed.get('/api/v1/runs', { headers: bearer })).status, 401);
  });
});

describe('a server without accounts', () => {
  test('has no page of people, and no sign-in by mail', async () => {
    await using bed = await openTestbed();
    await bed.store.projects.make(shop);
    for (const path of ['/people', `/projects/${projectId(shop)}/members`])
      assert.equal((await bed.get(path)).status, 404, path);
    assert.equal((await bed.submitForm('/sign-in/mail', { mail: 'ana@example.com' })).status, 404);
    assert.equal((await bed.get('/you')).status, 403);
  });
});

describe('an upgraded server', () => {
  test('with an access token keeps it working, as a key to everything, and its runs and projects are there', async () => {
    await using bed = await openTestbed({ ...accounts, MARTEAU_ACCESS_TOKEN: '0123456789abcdef' });
    const bearer = { authorization: 'Bearer 0123456789abcdef' };
    const run = (await (await bed.call('POST', '/api/v1/runs', { repo: shop }, bearer)).json()) as {
      id: string;
    };
    assert.equal((await bed.get(`/api/v1/runs/${run.id}`, { headers: bearer })).status, 200);
    assert.equal((await bed.get('/people', { headers: bearer })).status, 200);
    const ana = await anaIn(bed);
    assert.match(await (await bed.get('/projects', { headers: ana })).text(), /team\/shop/);
  });
});
