import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { finishedRun } from '../fixtures/drive-run.ts';
import { openTestbed } from '../fixtures/testbed.ts';

const token = 'correct-horse-battery';

test('without the token, pages lead to the sign-in page and the API says 401', async () => {
  await using bed = await openTestbed({ MARTEAU_ACCESS_TOKEN: token });
  const { id } = await finishedRun(bed.store);
  for (const path of [
    '/',
    '/new',
    `/runs/${id}`,
    `/runs/${id}/report`,
    '/nodes',
    '/outbox',
    '/docs',
    '/projects',
  ]) {
    const answer = await bed.get(path, { headers: { accept: 'text/html' } });
    assert.equal(answer.status, 303, path);
    assert.equal(answer.headers.get('location'), `/sign-in?to=${encodeURIComponent(path)}`);
  }
  for (const path of [
    '/api/v1/runs',
    `/api/v1/runs/${id}`,
    `/api/v1/runs/${id}/events`,
    '/api/v1/nodes',
    '/api/openapi.json',
  ]) {
    const answer = await bed.get(path);
    assert.equal(answer.status, 401, path);
    assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
    assert.equal(((await answer.json()) as { code: string }).code, 'access-denied');
  }
  assert.equal((await bed.call('POST', '/api/v1/runs', { repo: 'https://127.0.0.1/a/b' })).status, 401);
  assert.equal(
    (await bed.get('/test', { method: 'POST', body: new URLSearchParams({ repo: 'x' }) })).status,
    401,
  );
  for (const path of ['/healthz', '/readyz', '/sign-in'])
    assert.equal((await bed.get(path)).status, 200, path);
});

test('the API takes the token as a Bearer token, and no other', async () => {
  await using bed = await openTestbed({ MARTEAU_ACCESS_TOKEN: token });
  const status = async (authorization: string) =>
    (await bed.get('/api/v1/runs', { headers: { authorization } })).status;
  assert.equal(await status(`Bearer ${token}`), 200);
  assert.equal(await status(`bearer ${token}`), 200);
  for (const wrong of [`Bearer ${token}x`, 'Bearer', `Basic ${token}`, token, ''])
    assert.equal(await status(wrong), 401, wrong);
});

test('signing in sets a cookie that scripts cannot read and that does not hold the token', async () => {
  await using bed = await openTestbed({ MARTEAU_ACCESS_TOKEN: token, MARTEAU_URL: 'https://m.example.com' });
  const wrong = await bed.submitForm('/sign-in', { token: 'guess', to: '/nodes' });
  assert.equal(wrong.status, 401);
  assert.match(await wrong.text(), /not the access token of this server/);

  const right = await bed.submitForm('/sign-in', { token, to: '/nodes' });
  assert.equal(right.status, 303);
  assert.equal(right.headers.get('location'), '/nodes');
  const cookie = right.headers.getSetCookie().find((one) => one.startsWith('__Host-marteau_access='))!;
  for (const flag of [/HttpOnly/, /SameSite=Lax/, /Secure/, /Path=\//]) assert.match(cookie, flag);
  assert.ok(!cookie.includes(token));

  const signedIn = { cookie: cookie.split(';')[0]!, accept: 'text/html' };
  const page = await bed.get('/nodes', { headers: signedIn });
  assert.equal(page.status, 200);
  assert.match(await page.text(), /Sign out/);
  assert.equal(
    (await bed.get('/sign-in?to=//evil.example', { headers: signedIn })).headers.get('location'),
    '/',
  );
  for (const to of ['/..//evil.example/x', '/%2e//evil.example'])
    assert.equal((await bed.get(`/sign-in?to=${to}`, { headers: signedIn })).headers.get('location'), '/');
  const out = await bed.submitForm('/sign-out', {}, signedIn);
  assert.match(out.headers.getSetCookie().join(), /__Host-marteau_access=;/);
  const copied = await bed.get('/nodes', { headers: signedIn });
  assert.equal(copied.status, 303, 'whoever kept a copy of the cookie is signed out, too');
});

test('a cookie of another token is worth nothing', async () => {
  await using one = await openTestbed({ MARTEAU_ACCESS_TOKEN: token });
  await using other = await openTestbed({ MARTEAU_ACCESS_TOKEN: `${token}-renewed` });
  const cookie = (await one.submitForm('/sign-in', { token })).headers
    .getSetCookie()
    .map((c) => c.split(';')[0])
    .join('; ');
  assert.equal((await one.get('/nodes', { headers: { cookie } })).status, 200);
  assert.equal((await other.get('/nodes', { headers: { cookie } })).status, 401);
});

test('guessing is slowed down, and then refused, by form, by cookie and as a Bearer token alike; the right token always passes', async () => {
  await using bed = await openTestbed({ MARTEAU_ACCESS_TOKEN: token });
  const bearer = (text: string) => bed.get('/api/v1/runs', { headers: { authorization: `Bearer ${text}` } });
  const cookie = (text: string) => {
    const id = 'x'.repeat(43);
    const proof = createHmac('sha256', text).update(`marteau session ${id}`).digest('base64url');
    return bed.get('/api/v1/runs', { headers: { cookie: `marteau_access=${id}.${proof}` } });
  };
  const guesses = Array.from({ length: 20 }, (_, i) => `guess-${i}`);
  const answers = await Promise.all([
    ...guesses.map((guess) => bed.submitForm('/sign-in', { token: guess })),
    ...guesses.map(bearer),
    ...guesses.map(cookie),
  ]);
  const count = (status: number) => answers.filter((answer) => answer.status === status).length;
  assert.deepEqual([count(401), count(429)], [30, 30]);
  const late = await bearer('guess');
  assert.equal(late.status, 429);
  assert.equal(((await late.json()) as { code: string }).code, 'too-many-tries');
  assert.equal((await bed.submitForm('/sign-in', { token: 'guess' })).status, 429);
  assert.equal((await cookie('guess')).status, 429);
  assert.equal((await cookie(token)).status, 401, 'a proof alone is no session');

  assert.equal((await bed.get('/api/v1/runs')).status, 401, 'who shows no token guesses none');
  assert.equal((await bed.submitForm('/sign-in', { token })).status, 303);
  assert.equal((await bearer(token)).status, 200);
});

test('a signed key opens one report with its data and nothing else, and one that does not says why', async () => {
  await using bed = await openTestbed({ MARTEAU_ACCESS_TOKEN: token });
  const run = await finishedRun(bed.store);
  const other = await finishedRun(bed.store);
  for (const { id } of [run, other])
    for (const file of ['report.html', 'results.json', 'statistics.csv', 'marteau.yml'])
      await bed.store.folders.of(id).put(file, `${file} of ${id}`);
  const key = await bed.store.links.sign(run.id, Date.now());
  const status = async (path: string) => (await bed.get(path)).status;
  const open = await bed.get(`/runs/${run.id}/report?key=${encodeURIComponent(key)}`);
  assert.equal(await open.text(), `report.html of ${run.id}`);
  assert.equal(open.headers.get('referrer-policy'), 'no-referrer');
  assert.equal(await status(`/runs/${other.id}/report?key=${encodeURIComponent(key)}`), 401);
  assert.equal(await status(`/runs/${run.id}?key=${encodeURIComponent(key)}`), 401);
  for (const file of ['results.json', 'files/statistics.csv']) {
    assert.equal(await status(`/runs/${run.id}/${file}?key=${encodeURIComponent(key)}`), 200, file);
    assert.equal(await status(`/runs/${other.id}/${file}?key=${encodeURIComponent(key)}`), 401, file);
    assert.equal(await status(`/runs/${run.id}/${file}`), 401, file);
  }
  assert.equal(await status(`/runs/${run.id}/files/marteau.yml?key=${encodeURIComponent(key)}`), 401);
  assert.equal(await status(`/runs/${run.id}/files/report.html?key=${encodeURIComponent(key)}`), 401);
  for (const wrong of ['', 'x', `${key}x`, key.slice(1)])
    assert.equal(await status(`/runs/${run.id}/report?key=${encodeURIComponent(wrong)}`), 401, wrong);
  const month = 31 * 24 * 3600 * 1000;
  const old = await bed.store.links.sign(run.id, Date.now() - month);
  assert.equal(await status(`/runs/${run.id}/report?key=${encodeURIComponent(old)}`), 401);
  for (const cut of [`?key=${key.slice(0, -3)}`, '?key=', '?ke', '']) {
    const page = await bed.get(`/runs/${run.id}/report${cut}`, { headers: { accept: 'text/html' } });
    const signIn = await bed.get(page.headers.get('location')!);
    assert.match(await signIn.text(), /this link has expired.*or was cut short by the mail program/, cut);
  }
});
