import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { createTempFolder } from '@marteau/testkit';
import { cycle, runScript } from '../../packages/load/src/fixtures/run-script.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/guide/recipes.md'), 'utf8');
const [begin = '', ...recipes] = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code);

type Answer = (request: IncomingMessage, response: ServerResponse, url: URL) => unknown;

const json = (response: ServerResponse, value: unknown, status = 200) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));

/** What the recipes ask of a target. */
const routes: Record<string, Answer> = {
  '/login': (_request, response) => response.writeHead(200, { 'set-cookie': 'session=1; Path=/' }).end(),
  '/me': ({ headers }, response) =>
    response.writeHead(headers.cookie?.includes('session=1') ? 200 : 401).end(),
  '/token': (_request, response) => json(response, { token: 't' }),
  '/orders': ({ headers }, response) =>
    response.writeHead(headers.authorization === 'Bearer t' ? 200 : 401).end(),
  async '/upload'(request, response) {
    const body = await text(request);
    response.writeHead(/name="file"; filename="picture.png"/.test(body) ? 201 : 400).end();
  },
  async '/graphql'(request, response) {
    const { variables } = JSON.parse(await text(request));
    json(response, { data: { products: Array.from({ length: variables.first }, (_, id) => ({ id })) } });
  },
  '/items'(_request, response, url) {
    const next = Number(url.searchParams.get('page') ?? 1) + 1;
    json(response, { next: next > 3 ? null : `/items?page=${next}` });
  },
  '/events'(_request, response) {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: hello\n\n');
  },
};

describe('every recipe', () => {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://target');
    const answer = routes[url.pathname];
    if (answer) answer(request, response, url);
    else response.writeHead(404).end();
  });
  let target: string;
  before(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });

  assert.ok(recipes.length >= 7);
  for (const [index, recipe] of recipes.entries()) {
    const [, name = ''] = /^test\('(.*?)'/m.exec(recipe) ?? [];
    test(`passes once and as load: ${index + 1}, ${name}`, async () => {
      const script = `${begin}\n${recipe}`;
      const { measurements, error, stderr } = await runScript({
        script,
        job: { target, env: { MARTEAU_TARGET: target } },
        options: { expected: [401] },
        steps: [cycle(2, { rampMs: 0, durationMs: 20_000, iterations: { count: 2, per: 'user' } })],
      });
      assert.equal(error, null, stderr);
      assert.deepEqual(
        measurements!.failures.map(({ message }) => message),
        [],
      );
      if (recipe.includes('/login')) return; // needs cookies, as the page says

      await using folder = await createTempFolder();
      await writeFile(join(folder.path, 'recipe.test.ts'), script);
      const env = { ...process.env, NODE_TEST_CONTEXT: undefined, MARTEAU_TARGET: target };
      const { stdout } = await promisify(execFile)(process.execPath, ['--test', 'recipe.test.ts'], {
        cwd: folder.path,
        env,
      });
      assert.match(stdout, /pass [1-9]\d*\n.*fail 0\b/);
    });
  }
});
