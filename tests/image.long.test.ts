// The image, built by the Dockerfile's own lines and run as compose runs it, where no engine is at hand.
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { descendantsOf, startGitServer, startRedis, startTargetServer, waitUntil } from '@marteau/testkit';
import { plainProject } from './house/projects.ts';
import { buildImage, makeData } from './image/image.ts';

const dockerfile = readFileSync(join(import.meta.dirname, '../Dockerfile'), 'utf8');

function whyNot(): string | false {
  if (process.getuid?.() !== 0) return 'it takes root';
  const isThere = ['/usr/sbin/debootstrap', '/usr/bin/debootstrap'].some((path) => existsSync(path));
  return isThere ? false : 'there is no debootstrap';
}

test('the image is built, names what is in it, and runs a load test as nobody from a read-only root', {
  skip: whyNot(),
}, async (t) => {
  await using image = await buildImage(dockerfile);
  t.diagnostic(`${Math.round(image.bytes / 2 ** 20)} MB beside Debian and Node`);
  const bom = JSON.parse(readFileSync(join(image.root, 'marteau/sbom.cdx.json'), 'utf8')) as {
    components: { purl: string }[];
  };
  const { packages } = JSON.parse(
    readFileSync(join(image.root, 'marteau/node_modules/.package-lock.json'), 'utf8'),
  ) as { packages: Record<string, { version?: string; link?: boolean }> };
  const named = new Set(bom.components.map(({ purl }) => decodeURIComponent(purl)));
  const installed = Object.entries(packages).flatMap(([path, { version, link }]) =>
    link || !path.includes('node_modules/')
      ? []
      : [`pkg:npm/${path.split('node_modules/').at(-1)}@${version}`],
  );
  assert.ok(installed.length > 80);
  assert.deepEqual(
    installed.filter((one) => !named.has(one)),
    [],
  );

  await using redis = await startRedis();
  await using git = await startGitServer();
  await using target = await startTargetServer();
  await using data = await makeData();
  const env = { REDIS_URL: redis.url, HOST: '127.0.0.1', PORT: '0', MARTEAU_ALLOW_PRIVATE: '1' };
  await using web = program(image.start(image.command, env, data.path));
  const url = (await web.says(/listening on (http:\S+)/i))[1]!.replace(/[./]+$/, '');
  await using worker = program(
    image.start(
      ['node', 'apps/worker/src/main.ts'],
      { ...env, MARTEAU_URL: url, MARTEAU_NODE: 'n1' },
      data.path,
    ),
  );
  await worker.says(/listening|ready|joined/i);
  const repo = (await git.createRepo('plain', plainProject(target.url))).url;
  const submitted = await fetch(`${url}/api/v1/runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ repo }),
  });
  assert.equal(submitted.status, 201, await submitted.clone().text());
  const { id } = (await submitted.json()) as { id: string };
  const read = async () =>
    (await (await fetch(`${url}/api/v1/runs/${id}`)).json()) as { state: string; reason: string };
  const run = await waitUntil(
    'the run to be over',
    async () => {
      const seen = await read();
      return ['finished', 'error', 'cancelled'].includes(seen.state) && seen;
    },
    { deadlineMs: 120_000 },
  );
  assert.equal(run.state, 'finished', `${run.reason}\n${worker.said()}`);
  const uid = execFileSync('stat', ['-c', '%u', join(data.path, 'runs', id)], { encoding: 'utf8' }).trim();
  assert.equal(uid, '1000');
});

function program(child: ChildProcess) {
  let text = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  const ended = once(child, 'close');
  return {
    said: () => text,
    says: (what: RegExp) =>
      waitUntil(`it to say ${what}`, () => what.exec(text), { deadlineMs: 120_000 }).catch((error: Error) => {
        throw new Error(`${error.message}\n${text}`);
      }),
    async [Symbol.asyncDispose]() {
      // The first in its namespace, and so all of it: it has given away being told of the end of who waits for it.
      const [first] = descendantsOf(child.pid!);
      if (first) process.kill(first.pid, 'SIGKILL');
      await ended;
    },
  };
}
