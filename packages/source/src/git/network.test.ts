import assert from 'node:assert/strict';
import { once } from 'node:events';
import { access, chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isMarteauError } from '@marteau/shared';
import {
  createTempFolder,
  descendantsOf,
  startGitServer,
  type TempFolder,
  waitUntil,
} from '@marteau/testkit';
import { type AddressPolicy, checkAddress } from '../address/check-address.ts';
import { type FetchOptions, fetchSource } from '../fetch.ts';

const TOKEN = 'tok-3n-s3cret';
const caFile = fileURLToPath(import.meta.resolve('../fixtures/localhost.cert.pem'));
const keyFile = fileURLToPath(import.meta.resolve('../fixtures/localhost.key.pem'));

let temp: TempFolder;
let folders = 0;

before(async () => {
  temp = await createTempFolder();
});
after(() => temp[Symbol.asyncDispose]());

type More = Partial<FetchOptions> & { policy?: AddressPolicy };

async function fetch(url: string, { policy = { allowPrivate: true }, ...more }: More = {}) {
  const address = await checkAddress(url, policy);
  const into = join(temp.path, `${folders++}`);
  const { signal } = new AbortController();
  return fetchSource({ address, into, signal, deadlineMs: 60_000, maxBytes: 50_000_000, ...more });
}

async function failure(url: string, more: More = {}): Promise<string> {
  const into = join(temp.path, `failed-${folders++}`);
  try {
    await fetch(url, { into, ...more });
  } catch (error) {
    assert.ok(isMarteauError(error), String(error));
    await assert.rejects(access(into), 'the folder is gone');
    return `${error.code}: ${error.message}`;
  }
  return 'fetched';
}

/** A host that answers in its own way. */
async function startHost(answer: RequestListener) {
  const seen: { url: string; authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    seen.push({ url: request.url ?? '', authorization: request.headers.authorization });
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    server.close();
    server.closeAllConnections();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    [Symbol.asyncDispose]: stop,
  };
}

describe('a private repository', () => {
  for (const scheme of ['http', 'https']) {
    it(`opens with the token of its host and with nothing else, over ${scheme}`, async () => {
      const isSecure = scheme === 'https';
      const tls = isSecure
        ? { key: await readFile(keyFile, 'utf8'), cert: await readFile(caFile, 'utf8') }
        : undefined;
      const more = isSecure ? { caFile } : {};
      await using server = await startGitServer({
        auth: { user: 'x-access-token', password: TOKEN },
        ...(tls && { tls }),
      });
      const { url } = await server.createRepo('shop', { a: '1' });
      assert.ok(url.startsWith(`${scheme}://`));
      assert.match(
        await failure(url, more),
        /^clone-authentication: Could not clone .*: authentication required\. Make the repository public/,
      );
      assert.match(
        await failure(url, { ...more, token: 'wrong' }),
        /^clone-token-refused: .* refused this server's token/,
      );
      assert.equal((await fetch(url, { ...more, token: TOKEN })).branch, 'main');
      assert.equal((await fetch(url, { ...more, token: `x-access-token:${TOKEN}` })).branch, 'main');
    });
  }

  it('shows its token in no command, no file and no error', async () => {
    let asked = 0;
    await using host = await startHost(({ headers }, response) => {
      if (!headers.authorization) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
        return;
      }
      asked += 1;
      response
        .writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' })
        .flushHeaders(); // and no more
    });
    const run = new AbortController();
    const into = join(temp.path, 'token');
    const fetching = fetch(`${host.url}/shop.git`, { token: TOKEN, into, signal: run.signal });
    fetching.catch(() => {});
    await waitUntil('git to ask', () => asked > 0);
    assert.match(String(host.seen.at(-1)?.authorization), /^Basic /);
    const secrets = [TOKEN, Buffer.from(`x-access-token:${TOKEN}`).toString('base64')];
    const commands = descendantsOf(process.pid);
    assert.ok(commands.some(({ command }) => command.includes('git-remote-http')));
    for (const secret of secrets) {
      assert.ok(!commands.some(({ command }) => command.includes(secret)));
      for (const entry of await readdir(into, { recursive: true, withFileTypes: true })) {
        if (entry.isFile())
          assert.ok(!(await readFile(join(entry.parentPath, entry.name), 'utf8')).includes(secret));
      }
    }
    run.abort(new Error('cancelled'));
    await assert.rejects(fetching, /cancelled/);
    const told = await failure('http://127.0.0.1:1/x', { token: TOKEN });
    assert.ok(!told.includes(TOKEN));
  });

  it('does not take its token elsewhere', async () => {
    await using elsewhere = await startHost((_request, response) => response.writeHead(404).end());
    await using host = await startHost((request, response) => {
      response.writeHead(302, { location: `${elsewhere.url}${request.url}` }).end();
    });
    assert.match(
      await failure(`${host.url}/shop.git`, { token: TOKEN }),
      /^clone-redirect: .* sends to another address/,
    );
    assert.equal(host.seen.length, 1);
    assert.deepEqual(elsewhere.seen, []);
  });

  it('leaves a token at home that is another host’s business', async () => {
    await using server = await startGitServer();
    const { dir } = await server.createRepo('shop', { a: '1' });
    assert.equal((await fetch(`file://${dir}`, { token: TOKEN })).branch, 'main');
  });
});

describe('a host', () => {
  it('that redirects to the address with .git is asked there', async () => {
    await using server = await startGitServer();
    await server.createRepo('shop', { a: '1' });
    await using host = await startHost((request, response) => {
      const { pathname, search } = new URL(request.url ?? '', server.url);
      if (!pathname.startsWith('/shop.git/')) {
        response.writeHead(301, { location: `/shop.git${pathname.slice(5)}${search}` }).end();
        return;
      }
      const forwarded = globalThis.fetch(`${server.url}${request.url}`, {
        method: request.method ?? 'GET',
        headers: request.headers as Record<string, string>,
        ...(request.method === 'POST' ? { body: request, duplex: 'half' } : {}),
      } as RequestInit);
      forwarded.then(async (answer) => {
        response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
        response.end(Buffer.from(await answer.arrayBuffer()));
      });
    });
    assert.equal((await fetch(`${host.url}/shop`)).branch, 'main');
  });

  it('that is no git host, or a broken one, is told apart', async () => {
    const advertisement = { 'content-type': 'application/x-git-upload-pack-advertisement' };
    const cases: [string, RequestListener, RegExp][] = [
      ['a web page', (_, response) => response.end('<!doctype html>\n<html>\n<p>Hi\n'), /^clone-not-found/],
      ['forbidden', (_, response) => response.writeHead(403).end(), /^clone-authentication/],
      ['an error', (_, response) => response.writeHead(500).end('Oops'), /^clone-broken-off: .*error: 500/],
      ['too busy', (_, response) => response.writeHead(429).end(), /^clone-broken-off/],
      [
        'nonsense',
        (_, response) => response.writeHead(200, advertisement).end('zzzzzz'),
        /^clone-broken-off/,
      ],
      [
        'a cut answer',
        (_, response) => {
          response.writeHead(200, { ...advertisement, 'content-length': 1000 });
          response.write('001e# service=git-upload-pack\n', () => response.destroy());
        },
        /^clone-broken-off/,
      ],
      ['a cut connection', (request) => request.socket.resetAndDestroy(), /^clone-broken-off/],
    ];
    for (const [what, answer, expected] of cases) {
      await using host = await startHost(answer);
      assert.match(await failure(`${host.url}/x.git`), expected, what);
    }
    assert.match(
      await failure('http://127.0.0.1:1/x'),
      /^clone-unreachable: .*127\.0\.0\.1 cannot be reached/,
    );
  });

  it('that serves only plain files is told apart', async () => {
    await using server = await startGitServer();
    const repo = await server.createRepo('shop', { a: '1' });
    await repo.git('update-server-info');
    await using host = await startHost(async (request, response) => {
      const path = new URL(request.url ?? '', 'http://host').pathname.replace('/shop.git', '/.git');
      readFile(join(repo.dir, path)).then(
        (body) => response.end(body),
        () => response.writeHead(404).end(),
      );
    });
    assert.match(await failure(`${host.url}/shop.git`), /^clone-static/);
  });

  it('with https needs a certificate that is trusted', async () => {
    const tls = { key: await readFile(keyFile, 'utf8'), cert: await readFile(caFile, 'utf8') };
    await using server = await startGitServer({ tls });
    const { url } = await server.createRepo('shop', { a: '1' });
    assert.match(await failure(url), /^clone-certificate: .* is not trusted here/);
    assert.equal((await fetch(url, { caFile })).branch, 'main');
    await using plain = await startGitServer();
    assert.match(await failure(plain.url.replace('http:', 'https:').concat('/x')), /^clone-tls/);
  });

  it('is reached at the addresses that were checked, whatever its name says elsewhere', async () => {
    const tls = { key: await readFile(keyFile, 'utf8'), cert: await readFile(caFile, 'utf8') };
    await using server = await startGitServer({ tls });
    await server.createRepo('shop', { a: '1' });
    const policy = { allowPrivate: true, resolve: async () => ['::1', '127.0.0.1'] };
    const url = `https://git.test:${server.port}/shop.git`; // a name that no resolver knows
    assert.equal((await fetch(url, { caFile, policy })).branch, 'main');
    assert.ok(server.requests.every(({ headers }) => headers.host === `git.test:${server.port}`));
    assert.match(
      await failure(url.replace('git.test', 'other.test'), { caFile, policy }),
      /^clone-certificate/,
    );
  });
});

describe('git', () => {
  it('is missed by name', async () => {
    assert.match(
      await failure('http://127.0.0.1:1/x', { path: '/nowhere' }),
      /^git-missing: git is not on this node/,
    );
  });

  it('that cannot be held to an address is not used for one from outside', async () => {
    const bin = join(temp.path, 'bin');
    await mkdir(bin);
    await writeFile(join(bin, 'git'), '#!/bin/sh\necho git version 2.34.1\n');
    await chmod(join(bin, 'git'), 0o755);
    const policy = { resolve: async () => ['93.184.216.34'] };
    const told = await failure('https://git.test/x', { path: `${bin}:/usr/bin:/bin`, policy });
    assert.match(told, /^git-too-old: git 2\.34\.1 on this node cannot be held .* Install git 2\.37/);
  });
});

describe('a host that hangs', () => {
  async function startHanging() {
    return startHost((_request, response) => response.writeHead(200).flushHeaders());
  }

  it('is left at the deadline, with no process and no folder left', async () => {
    await using host = await startHanging();
    assert.match(
      await failure(`${host.url}/x.git`, { deadlineMs: 1500 }),
      /^clone-deadline: .* took longer than 2 s/,
    );
    assert.deepEqual(descendantsOf(process.pid), []);
  });

  it('is left when the run is cancelled, which is no failure', async () => {
    await using host = await startHanging();
    const run = new AbortController();
    const into = join(temp.path, 'cancelled');
    const fetching = fetch(`${host.url}/x.git`, { signal: run.signal, into });
    fetching.catch(() => {});
    await waitUntil('git to ask', () => host.seen.length > 0);
    assert.ok(descendantsOf(process.pid).some(({ command }) => command.includes('git-remote-http')));
    const reason = new Error('cancelled by Ada');
    run.abort(reason);
    await assert.rejects(fetching, (error) => error === reason);
    assert.deepEqual(descendantsOf(process.pid), []);
    await assert.rejects(access(into));
  });

  it('is not even asked once the run is cancelled', async () => {
    await using host = await startHanging();
    const reason = new Error('cancelled before');
    await assert.rejects(
      fetch(`${host.url}/x.git`, { signal: AbortSignal.abort(reason) }),
      (error) => error === reason,
    );
    assert.deepEqual(host.seen, []);
  });
});
