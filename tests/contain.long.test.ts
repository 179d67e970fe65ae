import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ladder, openWorkFolder, whyNot } from '@marteau/launch';
import { createTempFolder, descendantsOf, startTargetServer, type TargetServer } from '@marteau/testkit';
import { hostileProject } from './contain/hostile-project.ts';
import { type House, openHouse } from './house/house.ts';
import { plainProject } from './house/projects.ts';

const PROBE = 'SECRET-OF-THE-SERVER-4711';

describe('a whole Marteau with strangers inside', { concurrency: 1 }, () => {
  const stack = new AsyncDisposableStack();
  let house: House;
  let target: TargetServer;
  let secrets: string;
  let count = 0;
  before(async () => {
    const folder = stack.use(await createTempFolder('marteau-house-')).path;
    secrets = join(folder, 'secrets.yml');
    await writeFile(secrets, `projects: {"http://elsewhere.example/x": {TOKEN: ${PROBE}}}\n`, {
      mode: 0o600,
    });
    house = stack.use(
      await openHouse({
        folder,
        env: {
          MARTEAU_SECRETS: secrets,
          MARTEAU_RUN_MEMORY_GB: '0.7',
          MARTEAU_RUN_TASKS: '300',
          MARTEAU_RUN_DISK_GB: '0.3',
        },
      }),
    );
    target = stack.use(await startTargetServer());
  });
  after(() => stack.disposeAsync());

  async function submit(files: Record<string, string>): Promise<string> {
    count += 1;
    const repo = await house.git.createRepo(`stranger-${count}`, files);
    return house.submit(repo.url);
  }

  async function containmentOf(id: string): Promise<string> {
    return JSON.parse(await house.file(id, 'results.json')).environment.Containment;
  }

  test('a hostile project runs to its end, reaches its target and nothing else, and is told on', async () => {
    const earlier = await submit(plainProject(target.url));
    await house.ends(earlier);
    let visits = 0;
    const other = createServer((_, response) => {
      visits += 1;
      response.end();
    });
    await using _other = { [Symbol.asyncDispose]: async () => void other.close() };
    await new Promise<void>((listening) => other.listen(0, '127.9.0.1', listening));
    const { port } = other.address() as { port: number };
    const redis = new URL(house.redis.url).host;
    const run = join(house.data, 'runs', earlier);
    const own = join(import.meta.dirname, '../packages/launch/src/index.ts');
    const state = await stat(own);
    const id = await submit(
      hostileProject(target.url, {
        files: [secrets, join(run, 'results.json'), own],
        folders: [house.data, run, join(house.data, 'npm-cache'), '/root', '/etc'],
        places: [`127.9.0.1:${port}`, redis, new URL(house.url).host, '169.254.169.254:80'],
      }),
    );
    const ended = await house.ends(id, 120_000);
    assert.equal(ended.verdict, 'pass', ended.reason ?? '');
    const containment = await containmentOf(id);
    if (containment === 'not contained') return; // a machine that holds nothing
    const kept = (await house.files(id)).filter((name) => /\.(log|json|html|ndjson)$/.test(name));
    const texts = await Promise.all(kept.map((name) => house.file(id, name).catch(() => '')));
    for (const text of texts) assert.ok(!text.includes(PROBE), 'a secret was printed');
    const text = await house.file(id, 'console.log');
    assert.doesNotMatch(text, /LOOT \w+ (write|change|mount)|REDIS_URL|root:[^x:]/);
    assert.ok(!text.includes(`list ${house.data}`));
    assert.equal((await stat(own)).mtimeMs, state.mtimeMs);
    assert.ok(!readdirSync(house.data).includes('stolen'));
    if (containment === 'contained') {
      assert.doesNotMatch(text, /LOOT \w+ reached/);
      assert.equal(visits, 0);
      const { notes } = JSON.parse(await house.file(id, 'results.json')) as { notes: string[] };
      const told = notes.join('\n');
      for (const place of [`127.9.0.1:${port}`, redis, new URL(house.url).host, '169.254.169.254:80'])
        assert.match(told, new RegExp(`tried to reach ${place.replaceAll('.', '\\.')} \\(`));
    }
    await house.assertNothingLeft();
  });

  const bombs: [what: string, before: string, sentence: RegExp, isAsRoot: boolean][] = [
    [
      'memory',
      `node -e "const all = []; for (;;) all.push(Buffer.alloc(5e7, 1))"`,
      /wanted more than 700 MB of memory.*before: |wanted more than 700 MB of memory/,
      true,
    ],
    [
      'processes',
      `perl -e 'for (1 .. 1000) { defined(my $$pid = fork) or exit 3; $$pid or sleep 100 }'`.replaceAll(
        '$$',
        '$',
      ),
      /wanted more than 300 processes and threads/,
      true,
    ],
    ['the disk', 'head -c 30G /dev/zero > bomb', /used up more than 300 MB of the disk of the node/, false],
    [
      'files',
      `perl -e 'for (1 .. 5e6) { mkdir "d$_" or exit 3; for my $f (1 .. 1000) { open F, ">", "d$_/$f" or exit 3; print F "x"; close F } }'`,
      /used up more than 300 MB of the disk of the node/,
      false,
    ],
  ];
  for (const [what, bomb, sentence, isAsRoot] of bombs)
    test(`a bomb of ${what} ends its run, and the next one is as any`, {
      skip: isAsRoot && process.getuid?.() !== 0,
    }, async () => {
      const files = plainProject(target.url, `before: ${JSON.stringify(bomb)}\n`);
      const ended = await house.ends(await submit(files), 180_000);
      assert.equal(ended.state, 'error', ended.reason ?? '');
      assert.match(ended.reason ?? '', sentence);
      const next = await house.ends(await submit(plainProject(target.url)), 120_000);
      assert.equal(next.verdict, 'pass', next.reason ?? '');
      await house.assertNothingLeft();
    });
});

for (const [index, rung] of ladder.entries()) {
  const why = await whyNot(rung);
  test(`two hundred starts leave nothing, on rung ${index + 1} (${rung.containment})`, {
    skip: why ?? false,
  }, async () => {
    await start(); // what a first one loads stays loaded
    const before = traces();
    for (let count = 0; count < 200; count++) await start();
    assert.deepEqual(traces(), before);
  });

  test(
    `what starts itself anew without an end is ended, on rung ${index + 1}`,
    {
      skip: why ?? false,
    },
    () =>
      start('setsid perl -e "while (1) { fork and exit }" & setsid perl -e "while (1) { fork and exit }" &'),
  );

  async function start(daemon = 'setsid sleep 100 &'): Promise<void> {
    await using work = await openWorkFolder('starts', process.pid);
    const temp = join(work.path, 'tmp');
    await mkdir(temp);
    await using compartment = await rung.open({
      writable: [work.path],
      readable: [],
      temp,
      limits: { tasks: 50, memoryBytes: 1e8 },
    });
    const { exited } = compartment.launch({
      file: '/bin/sh',
      args: ['-c', `(${daemon}) ; echo x > $TMPDIR/x; exit 7`],
      cwd: work.path,
      env: { TMPDIR: temp },
      signal: new AbortController().signal,
    });
    assert.equal((await exited).code, 7);
  }
}

/** Descriptors, children, and what is mounted and grouped under our names. */
function traces() {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    children: descendantsOf(process.pid).length,
    mounts: mounts.filter((line) => line.includes(`marteau-starts-${process.pid}.`)),
    folders: readdirSync('/tmp').filter((name) => name.includes(`-${process.pid}.`)),
  };
}
