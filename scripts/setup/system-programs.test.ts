import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createTempFolder } from '@marteau/testkit';

interface Program {
  name: string;
  isMissing(): boolean;
}

const load = (name: string) => import(String(new URL(`${name}.mjs`, import.meta.url)));
const { installSystemPrograms } = (await load('system-programs')) as {
  installSystemPrograms(programs: Program[]): Promise<void>;
};
const { redis, redisServer } = (await load('redis')) as { redis: Program; redisServer: Program };
const { chromium } = (await load('chromium')) as { chromium: Program };

/** A machine whose only programs are the given ones, and a person without root's rights, unless `uid` is 0. */
async function openMachine(t: TestContext, programs: Record<string, string>, uid = 1000) {
  const folder = await createTempFolder();
  for (const [name, lines] of Object.entries(programs))
    writeFileSync(join(folder.path, name), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
  const before = { ...process.env };
  process.env.PATH = folder.path;
  delete process.env.REDIS_URL;
  delete process.env.CHROMIUM_PATH;
  t.mock.method(process as { getuid(): number }, 'getuid', () => uid);
  t.after(async () => {
    Object.assign(process.env, before);
    await folder[Symbol.asyncDispose]();
  });
  return folder.path;
}

const managers = [
  ['apt-get', 'apt-get install -y redis-server'],
  ['dnf', 'dnf install -y valkey'],
  ['pacman', 'pacman -Sy --noconfirm valkey'],
  ['apk', 'apk add redis'],
  ['zypper', 'zypper --non-interactive install redis'],
] as const;

for (const [manager, line] of managers)
  test(`without root's rights, there is one line to type for ${manager}`, async (t) => {
    await openMachine(t, { [manager]: 'exit 1', sudo: 'exit 1' });
    await assert.rejects(installSystemPrograms([redisServer]), {
      message: `redis-server is missing, and installing takes root's rights. Type: sudo ${line}\nThen run the command again.`,
    });
  });

for (const manager of ['apk', 'zypper'])
  test(`with root's rights, ${manager} installs, by the second name where it has not the first`, async (t) => {
    const folder = await openMachine(
      t,
      {
        [manager]:
          'echo "$@" >> "$0.log"\nPATH=/bin:/usr/bin\ncase "$*" in *valkey) install -m 755 "$0" "$(dirname "$0")/valkey-server";; *) exit 1;; esac',
      },
      0,
    );
    await installSystemPrograms([redisServer]);
    assert.ok(existsSync(join(folder, 'valkey-server')));
    assert.match(
      readFileSync(join(folder, `${manager}.log`), 'utf8'),
      /(add|install) redis\n.*(add|install) valkey\n$/,
    );
  });

test('without a known package manager, Redis is one line away, and `npm start` can do without', async (t) => {
  await openMachine(t, {});
  const missing =
    'redis-server is missing, and this set-up knows no package manager here that has what is missing.';
  const typed =
    'Type: curl -fsSL https://download.redis.io/redis-stable.tar.gz | tar xz && sudo make -C redis-stable install\nThen run the command again.';
  await assert.rejects(installSystemPrograms([redisServer]), { message: `${missing} ${typed}` });
  await assert.rejects(installSystemPrograms([redis]), {
    message: `${missing} ${typed} Or set REDIS_URL to a Redis that runs already.`,
  });
});

test('what no line installs is named, with what would do instead', async (t) => {
  await openMachine(t, {});
  await assert.rejects(installSystemPrograms([redisServer, chromium]), {
    message:
      'redis-server and chromium are missing, and this set-up knows no package manager here that has what is missing. Install redis-server and chromium so that the PATH leads there, and run the command again. Or set CHROMIUM_PATH to a Chromium or Chrome that is not on the PATH.',
  });
});

test('what is optional keeps nobody from going on', async (t) => {
  const { bubblewrap } = (await load('bubblewrap')) as { bubblewrap: Program };
  await openMachine(t, { 'apt-get': 'exit 1', sudo: 'exit 1' });
  await installSystemPrograms([bubblewrap]);
  await openMachine(t, { zypper: 'exit 1' }, 0);
  await installSystemPrograms([bubblewrap]);
});

test('the command itself says it, and ends', async () => {
  await using folder = await createTempFolder();
  const { status, stderr } = spawnSync(
    process.execPath,
    ['scripts/setup.mjs', '--needs', 'redis', '--', 'scripts/setup/fixtures/script.ts', 'exit', '0'],
    { encoding: 'utf8', env: { PATH: folder.path, TMPDIR: folder.path } },
  );
  assert.equal(status, 1);
  assert.match(stderr, /^redis-server is missing, .*\nThen run the command again\. Or set REDIS_URL .*\.\n$/);
});
