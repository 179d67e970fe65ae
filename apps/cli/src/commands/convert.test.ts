import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { type StandInOptions, startStandIn, startStub } from '@marteau/replay';
import {
  againWhenLoud,
  createTempFolder,
  freePort,
  startApp,
  startBrowser,
  type TestBrowser,
} from '@marteau/testkit';
import { exitCodes } from '../exit-codes.ts';

const main = join(import.meta.dirname, '../main.ts');

function run(program: string, args: string[], cwd: string, env: Record<string, string> = {}) {
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const options = { cwd, env: { ...process.env, NODE_TEST_CONTEXT: undefined, ...env } };
    execFile(program, args, options, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

const marteau = (cwd: string, ...args: string[]) => run(process.execPath, [main, ...args], cwd);

/** A visit to the shop, with a word to a third party at each corner. */
async function visit(browser: TestBrowser, proxy: string, shop: string, third: string): Promise<unknown> {
  await using opened = await browser.openPage({
    proxy: { server: proxy, bypass: '<-loopback>' },
    expected: [/favicon|404/],
  });
  await opened.page.goto(`${shop}/`);
  return await opened.page.evaluate(async (third) => {
    const post = (url: string, body: object) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const count = async (what: string) => (await post(`${third}/count`, { what })).json();
    const seen = [await count('home')];
    seen.push(await (await post('/login', { user: 'marcel' })).json());
    const { found } = (await (await fetch('/search?q=anvil')).json()) as { found: { id: number }[] };
    const product = (await (await fetch(`/products/${found[1]!.id}`)).json()) as { id: number };
    await new Promise((resolve) => setTimeout(resolve, 1200));
    seen.push(product, (await post('/cart', { product: product.id })).status, await count('cart'));
    seen.push(await (await post('/checkout', {})).json());
    return seen;
  }, third);
}

test('a visit in Chromium is recorded, replayed with all servers gone, and becomes a load test', async () => {
  await using folder = await createTempFolder();
  await using browser = await startBrowser();
  const port = await freePort();
  const shop = `http://127.0.0.1:${port}`;
  await using third = await startStub();
  const cors = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': '*' };
  third.on('OPTIONS /count', { status: 204, headers: cors });
  third.on('POST /count', ({ body }) => ({
    headers: cors,
    json: { counted: JSON.parse(String(body)).what },
  }));
  const tape: Omit<StandInOptions, 'mode'> = { file: join(folder.path, 'visit.har'), latency: 0 };

  const startShop = () =>
    startApp('examples/shop/server.ts', { env: { PORT: String(port) }, ready: /is open/ });
  let live: unknown;
  {
    await using _app = await startShop();
    await using recorder = await startStandIn({ ...tape, mode: 'record' });
    live = await visit(browser, recorder.url, shop, third.url);
  }
  const asked = third.calls.length;
  await third.stop();
  assert.ok(asked >= 2);

  await using player = await startStandIn({ ...tape, mode: 'replay' });
  assert.deepEqual(await visit(browser, player.url, shop, third.url), live);

  const converted = await marteau(folder.path, 'convert', 'visit.har', '--out', 'loadtest/visit.test.ts');
  assert.equal(converted.code, exitCodes.pass, converted.err);
  assert.match(converted.err, /Requests to other servers were left out: 127\.0\.0\.1:\d+ \(\d+\)/);
  const script = await readFile(join(folder.path, 'loadtest/visit.test.ts'), 'utf8');
  assert.ok(!script.includes(new URL(third.url).port), script);
  assert.match(script, /await t\.test\('The shop'/);
  assert.match(script, /await think\(1[12]\d\d\)/);
  assert.match(script, /`\/products\/\$\{encodeURIComponent\(\w+\)\}`/);
  assert.deepEqual(JSON.parse(await readFile(join(folder.path, 'loadtest/visit.users.json'), 'utf8')), [
    { user: 'marcel' },
  ]);

  await using _app = await startShop();
  const byHand = await run(process.execPath, ['--test', 'loadtest/visit.test.ts'], folder.path, {
    MARTEAU_TARGET: shop,
  });
  assert.equal(byHand.code, 0, byHand.out);
  await writeFile(
    join(folder.path, '.marteau.yml'),
    `script: loadtest/visit.test.ts\ntarget: ${shop}\ncycles: 3\nduration: 4s\n`,
  );
  const asLoad = await againWhenLoud(
    () => marteau(folder.path, 'run', '.'),
    ({ out }) => out,
  );
  assert.equal(asLoad.code, exitCodes.pass, asLoad.out + asLoad.err);
});

test('what came in an answer is carried over, what differs between users is data', async () => {
  await using folder = await createTempFolder();
  const sessions = new Map<string, string>();
  let next = 1;
  const server = createServer(async (request, response): Promise<unknown> => {
    const body = Buffer.concat(await request.toArray()).toString();
    const cookie = /sid=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    if (request.url === '/') {
      const [sid, csrf] = [`session${next}abcdef`, `csrf-${next}-${'0123456789'.repeat(2)}`];
      next += 1;
      sessions.set(sid, csrf);
      response.setHeader('Set-Cookie', `sid=${sid}; Path=/`);
      return response
        .setHeader('Content-Type', 'text/html')
        .end(`<title>Log in</title><form><input type="hidden" name="csrf_token" value="${csrf}"></form>`);
    }
    const form = new URLSearchParams(body);
    if (
      request.url === '/login' &&
      form.get('csrf_token') === sessions.get(cookie) &&
      /^pass-/.test(form.get('password') ?? '')
    ) {
      return response
        .setHeader('Content-Type', 'application/json')
        .end(JSON.stringify({ account: { id: 4711 + next }, access_token: `token-${cookie}` }));
    }
    const isMe =
      /^\/accounts\/47\d\d$/.test(request.url ?? '') &&
      request.headers.authorization === `Bearer token-${cookie}`;
    return response.writeHead(isMe ? 200 : 403).end();
  });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => {
    server.close();
    server.closeAllConnections();
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const target = `http://127.0.0.1:${port}`;

  for (const user of ['anna', 'berta']) {
    await using recorder = await startStandIn({
      mode: 'record',
      file: join(folder.path, `${user}.rec`),
      server: target,
    });
    const home = await fetch(`${recorder.url}/`);
    const cookie = home.headers.getSetCookie()[0]!.split(';')[0]!;
    const csrf = /value="(.*?)"/.exec(await home.text())![1]!;
    const login = await fetch(`${recorder.url}/login`, {
      method: 'POST',
      headers: { cookie },
      body: new URLSearchParams({ who: user, csrf_token: csrf, password: `pass-${user}` }),
    });
    const { account, access_token } = (await login.json()) as {
      account: { id: number };
      access_token: string;
    };
    const headers = { cookie, authorization: `Bearer ${access_token}` };
    assert.equal((await fetch(`${recorder.url}/accounts/${account.id}`, { headers })).status, 200);
  }
  const converted = await marteau(folder.path, 'convert', 'anna.rec', 'berta.rec', '--out', 'login.test.ts');
  assert.equal(converted.code, exitCodes.pass, converted.err);
  assert.match(converted.err, /Fill in password in login\.users\.json: the tape has XXX in its place/);
  const data = join(folder.path, 'login.users.json');
  const users = JSON.parse(await readFile(data, 'utf8'));
  assert.deepEqual(users, [
    { who: 'anna', password: 'XXX' },
    { who: 'berta', password: 'XXX' },
  ]);
  await writeFile(
    data,
    JSON.stringify(users.map(({ who }: { who: string }) => ({ who, password: `pass-${who}` }))),
  );
  const passed = await run(process.execPath, ['--test', 'login.test.ts'], folder.path, {
    MARTEAU_TARGET: target,
  });
  assert.equal(
    passed.code,
    0,
    `${passed.out}\n${await readFile(join(folder.path, 'login.test.ts'), 'utf8')}`,
  );
});

test('tapes become the other format and back, and nothing is written over', async () => {
  await using folder = await createTempFolder();
  const text = 'GET http://a.test/ HTTP/1.1\nHost: a.test\n\n\n200 OK\nContent-Length: 2\n\nok\n';
  await writeFile(join(folder.path, 'a.rec'), text);
  assert.equal((await marteau(folder.path, 'convert', 'a.rec', '--out', 'a.har')).code, exitCodes.pass);
  assert.equal((await marteau(folder.path, 'convert', 'a.har', '--out', 'b.rec')).code, exitCodes.pass);
  assert.equal(await readFile(join(folder.path, 'b.rec'), 'utf8'), text);
  const again = await marteau(folder.path, 'convert', 'a.har', '--out', 'b.rec');
  assert.equal(again.code, exitCodes.file);
  assert.match(again.err, /b\.rec is there already, and left as it is/);
});

test('what cannot be converted is refused with a sentence', async () => {
  await using folder = await createTempFolder();
  await mkdir(join(folder.path, 'loadtest'));
  await writeFile(join(folder.path, 'bad.har'), '{"log":');
  await writeFile(join(folder.path, 'empty.har'), '{"log":{"entries":[]}}');
  for (const [args, code, sentence] of [
    [[], exitCodes.usage, /Name the recorded session/],
    [['gone.har'], exitCodes.file, /There is no tape/],
    [['bad.har'], exitCodes.file, /^bad\.har:1:8: the file ends too early/],
    [['empty.har'], exitCodes.usage, /holds no request to the target/],
  ] as [string[], number, RegExp][]) {
    const refused = await marteau(folder.path, 'convert', ...args);
    assert.match(refused.err, sentence);
    assert.equal(refused.code, code);
  }
});
