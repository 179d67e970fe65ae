import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { projectId } from '@marteau/store';
import { startOidcProvider } from '@marteau/testkit';
import { openTestbed, type Testbed } from '../../fixtures/testbed.ts';
import { openProviders } from './index.ts';

const client = { clientId: 'marteau', clientSecret: 'a-secret' };

/** A git host that answers as GitHub's API does, and as GitLab's and Gitea's do at their paths. */
async function startHost() {
  const host = {
    /** What may be done with the shop there. */
    permissions: { pull: true, push: false, admin: false },
    level: 20,
    status: 200,
    user: 7,
    asked: [] as string[],
    url: '',
  };
  const server = createServer(async (request, response) => {
    const path = request.url?.split('?')[0] ?? '';
    host.asked.push(`${request.method} ${path} ${request.headers.authorization ?? ''}`);
    const send = (body: unknown, status = host.status) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (path.endsWith('/access_token')) return send(await tokenOf(request), 200);
    if (path === '/api/v3/user') return send({ id: host.user, login: 'ben' });
    const repo = { html_url: `${host.url}/team/shop`, permissions: host.permissions };
    if (path.endsWith('/user/repos')) return send([repo]);
    const project = {
      web_url: `${host.url}/team/shop`,
      permissions: { project_access: { access_level: host.level } },
    };
    if (path === '/api/v4/projects') return send([project]);
    return send({}, 404);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  host.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(host, {
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}

/** GitHub checks the code; PKCE's verifier has to come with it. */
async function tokenOf(request: IncomingMessage) {
  const body = new URLSearchParams(await text(request));
  return body.get('code') === 'good' && body.get('code_verifier')
    ? { access_token: 'gho_1', token_type: 'bearer', scope: 'repo' }
    : { error: 'bad_verification_code', error_description: 'The code passed is incorrect or expired.' };
}

describe('what a person may do with repositories there', () => {
  for (const [id, set] of Object.entries({
    github: (host: Awaited<ReturnType<typeof startHost>>, n: number) => {
      host.permissions = { pull: true, push: n > 0, admin: n > 1 };
    },
    gitea: (host: Awaited<ReturnType<typeof startHost>>, n: number) => {
      host.permissions = { pull: true, push: n > 0, admin: n > 1 };
    },
    gitlab: (host: Awaited<ReturnType<typeof startHost>>, n: number) => {
      host.level = [20, 30, 40][n]!;
    },
  }))
    test(`${id}: see, push, set up`, async () => {
      await using host = await startHost();
      const [provider] = openProviders([{ id: id as 'github', url: host.url, ...client }]);
      for (const [n, role] of ['reader', 'runner', 'owner'].entries()) {
        set(host, n);
        assert.deepEqual([...(await provider!.roles!('t'))], [[`${host.url}/team/shop`, role]]);
      }
      host.status = 503;
      await assert.rejects(provider!.roles!('t'), { code: 'host-away' });
      host.status = 401;
      await assert.rejects(provider!.roles!('t'), { code: 'access-denied' });
      assert.ok(host.asked.every((line) => line.endsWith(' Bearer t')));
    });
});

/** Leaves for GitHub and comes back with a code, as a browser does. */
async function comeBack(bed: Testbed, code: string, change: (state: string) => string = (state) => state) {
  const left = await bed.submitForm('/sign-in/with/github', {});
  const page = await left.text();
  const to = new URL(/url=([^"]+)"/.exec(page)![1]!.replaceAll('&amp;', '&'));
  assert.equal(to.searchParams.get('code_challenge_method'), 'S256');
  const cookie = left.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  const query = new URLSearchParams({ code, state: change(to.searchParams.get('state') ?? '') });
  return bed.get(`/sign-in/from/github?${query}`, { headers: { cookie, accept: 'text/html' } });
}

describe('GitHub', () => {
  const env = (url: string) => ({
    MARTEAU_ADMIN: 'ana@example.com',
    MARTEAU_GITHUB_URL: url,
    MARTEAU_GITHUB_CLIENT_ID: client.clientId,
    MARTEAU_GITHUB_CLIENT_SECRET: client.clientSecret,
  });
  const cookieOf = (response: Response) => ({
    cookie: /marteau=[\w-]{43}/.exec(response.headers.getSetCookie().join())?.[0] ?? '',
  });

  test('gives rights in the projects that one has there, and a host that is away takes starting at once', async () => {
    await using host = await startHost();
    await using bed = await openTestbed(env(host.url));
    const shop = `${host.url}/team/shop`;
    for (const repo of [shop, `${host.url}/team/other`]) await bed.store.projects.make(repo);
    host.permissions.push = true;
    const ben = cookieOf(await comeBack(bed, 'good'));
    assert.match(await (await bed.get('/projects', { headers: ben })).text(), /team\/shop/);
    assert.equal(
      (await bed.get(`/projects/${projectId(`${host.url}/team/other`)}`, { headers: ben })).status,
      404,
    );
    assert.equal((await bed.call('POST', '/api/v1/runs', { repo: shop }, ben)).status, 201);
    // the token is sealed, and of no run
    const { id } = (await bed.store.people.list())[0]!;
    assert.equal(await bed.store.hostTokens.get(id, 'github'), 'gho_1');
    // five minutes later the host is away
    await bed.store.hostTokens.say(id, 'github', {
      at: Date.now() - 6 * 60_000,
      roles: { [projectId(shop)]: 'runner' },
    });
    host.status = 503;
    await bed.store.people.change(id, (one) => one); // forgets what was worked out
    assert.equal((await bed.call('POST', '/api/v1/runs', { repo: shop }, ben)).status, 403);
    assert.equal((await bed.get(`/projects/${projectId(shop)}`, { headers: ben })).status, 200);
    // an hour later
    await bed.store.hostTokens.say(id, 'github', {
      at: Date.now() - 61 * 60_000,
      roles: { [projectId(shop)]: 'runner' },
    });
    await bed.store.people.change(id, (one) => one);
    assert.equal((await bed.get(`/projects/${projectId(shop)}`, { headers: ben })).status, 404);
  });

  test('a wrong state, a code that is none, and what another browser began sign nobody in', async () => {
    await using host = await startHost();
    await using bed = await openTestbed(env(host.url));
    for (const answer of [
      await comeBack(bed, 'good', () => 'another'),
      await comeBack(bed, 'bad'),
      await bed.get('/sign-in/from/github?code=good&state=x', { headers: { accept: 'text/html' } }),
    ]) {
      assert.ok(answer.status >= 400, String(answer.status));
      assert.doesNotMatch(answer.headers.getSetCookie().join(), /marteau=[\w-]{43}/);
      assert.doesNotMatch(await answer.text(), /a defect/);
    }
    assert.deepEqual(await bed.store.people.list(), []);
  });

  test('who was disabled is not let in again by signing in', async () => {
    await using host = await startHost();
    await using bed = await openTestbed(env(host.url));
    await comeBack(bed, 'good');
    const { id } = (await bed.store.people.list())[0]!;
    await bed.store.people.change(id, (one) => ({ ...one, isDisabled: true }));
    assert.equal((await comeBack(bed, 'good')).status, 410);
    assert.equal((await bed.store.people.get(id))?.isDisabled, true);
  });

  test('an account elsewhere is added after a second look, and somebody else’s is not', async () => {
    await using host = await startHost();
    await using bed = await openTestbed(env(host.url));
    await comeBack(bed, 'good'); // 7 is somebody
    const { person } = await bed.store.people.make({
      issuer: 'mail',
      subject: 'ana@example.com',
      name: 'Ana',
    });
    const old = await bed.as(person.id, Date.now() - 16 * 60_000);
    assert.equal((await bed.submitForm('/you/with/github', {}, old)).status, 403);
    const ana = await bed.as(person.id);
    for (const [user, status] of [
      [7, 409],
      [8, 303],
    ] as const) {
      host.user = user;
      const left = await bed.submitForm('/you/with/github', {}, ana);
      const to = new URL(/url=([^"]+)"/.exec(await left.text())![1]!.replaceAll('&amp;', '&'));
      const cookie = [ana.cookie, ...left.headers.getSetCookie().map((one) => one.split(';')[0])].join('; ');
      const back = `/sign-in/from/github?${new URLSearchParams({ code: 'good', state: to.searchParams.get('state')! })}`;
      assert.equal((await bed.get(back, { headers: { cookie } })).status, status);
    }
    const issuers = (await bed.store.people.get(person.id))?.identities.map(({ issuer }) => issuer);
    assert.deepEqual(issuers, ['mail', host.url]);
  });
});

test('the answer of one issuer is not taken for another’s', async () => {
  await using one = await startOidcProvider({ id: 'marteau', secret: 'a-secret' });
  one.expect('http://127.0.0.1:1/sign-in/from/oidc');
  const [provider] = openProviders([{ id: 'oidc', url: one.issuer, ...client }]);
  const { kept } = await provider!.begin('http://127.0.0.1:1/sign-in/from/oidc');
  const query = new URLSearchParams({ code: 'x', state: kept.state, iss: 'https://evil.example' });
  await assert.rejects(provider!.finish(new URL(`http://127.0.0.1:1/sign-in/from/oidc?${query}`), kept), {
    code: 'sign-in-failed',
  });
});
