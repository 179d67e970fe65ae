import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { createTempFolder, markProcesses } from '@marteau/testkit';
import type { Compartment, CompartmentOptions, Rung } from '../compartment.ts';
import { findRung, ladder, whyNot } from './ladder.ts';

for (const rung of ladder) {
  const why = await whyNot(rung);
  describe(`the rung "${rung.containment}" (${rung === ladder[0] ? 'root' : 'next'})`, {
    skip: why ?? false,
  }, () => {
    it('gives a run its own files, shared by its programs, and lets the worker read them', async () => {
      await using home = await openHome(rung);
      const { compartment, work, secret } = home;
      await ask(compartment, work, 'echo made > here; echo seen > "$TMPDIR/note"');
      const said = await ask(
        compartment,
        work,
        `cat here "$TMPDIR/note"; cat ${secret} 2>/dev/null || echo closed; exit 3`,
      );
      const isOpen = rung.containment === 'not contained';
      assert.deepEqual(said, { out: `made\nseen\n${isOpen ? 'secret' : 'closed'}\n`, code: 3 });
      assert.equal(await readFile(join(work, 'here'), 'utf8'), 'made\n');
    });

    it("hides what is Marteau's own among the system's programs", { skip: mayNotHide(rung) }, async () => {
      const folder = await mkdtemp('/opt/marteau-test-');
      try {
        await mkdir(join(folder, 'bin'));
        for (const name of ['secrets.yml', 'bin/program']) await writeFile(join(folder, name), 'seen\n');
        await chmod(folder, 0o755);
        await using home = await openHome(rung, { hidden: [folder], readable: [join(folder, 'bin')] });
        const script = `cat ${folder}/bin/program; cat ${folder}/secrets.yml 2>/dev/null || echo closed`;
        assert.equal((await ask(home.compartment, home.work, script)).out, 'seen\nclosed\n');
      } finally {
        await rm(folder, { recursive: true });
      }
    });

    it('takes over what is in its folders, and nothing that links there lead to', {
      skip: process.getuid?.() === 0 ? false : 'nothing is taken over',
    }, async () => {
      await using folder = await createTempFolder();
      await writeFile(join(folder.path, 'ours'), '');
      const before = await stat(join(folder.path, 'ours'));
      await using home = await openHome(rung, {}, async (work) => {
        await symlink(folder.path, join(work, 'link'));
        await symlink(join(folder.path, 'ours'), join(work, 'file'));
      });
      assert.equal((await ask(home.compartment, home.work, 'echo x > here; chmod 4777 here')).code, 0);
      assert.deepEqual(await stat(join(folder.path, 'ours')), before);
      assert.equal((await stat(folder.path)).uid, 0);
    });

    it('shows a folder once that is named with what lies in it, and nothing of what is not there', async () => {
      const usr = '/usr/share';
      await using folder = await createTempFolder();
      await chmod(folder.path, 0o755);
      await mkdir(join(folder.path, 'in/it'), { recursive: true });
      const readable = [join(folder.path, 'in/it'), folder.path, join(folder.path, 'not/there'), usr];
      await using home = await openHome(rung, { readable });
      const said = await ask(home.compartment, home.work, `ls ${folder.path} && ls -d ${usr}`);
      assert.deepEqual(said, { out: `in\n${usr}\n`, code: 0 });
    });

    it('ends daemons with the program, and leaves nothing of itself', async () => {
      await using mark = markProcesses();
      let own: string[];
      {
        await using home = await openHome(rung);
        own = await ownUids();
        const { code } = await ask(home.compartment, home.work, 'setsid sleep 1000 & exit 0', mark.env);
        assert.equal(code, 0);
        assert.deepEqual(mark.alive(), []);
      }
      assert.deepEqual(await ownUids(), []);
      assert.deepEqual(await tracesOf(own), []);
    });
  });
}

it('a worker that is told not to contain does not, and one that has to says why it cannot', async () => {
  assert.equal((await findRung('off')).rung.containment, 'not contained');
});

function mayNotHide({ containment }: Rung): string | false {
  if (containment === 'not contained') return 'it hides nothing';
  return process.getuid?.() === 0 ? false : 'it needs a folder in /opt';
}

/** A compartment with a folder of its own beside a secret. */
async function openHome(
  rung: Rung,
  more: Partial<Pick<CompartmentOptions, 'hidden' | 'readable'>> = {},
  prepare = async (_work: string): Promise<void> => {},
) {
  const folder = await createTempFolder();
  const [work, secret] = [join(folder.path, 'work'), join(folder.path, 'secret')];
  const temp = join(work, 'tmp');
  await mkdir(temp, { recursive: true });
  await writeFile(secret, 'secret\n', { mode: 0o600 });
  await prepare(work);
  const limits = { tasks: 200, memoryBytes: 512 * 1024 ** 2 };
  const compartment = await rung.open({
    writable: [work],
    readable: [],
    temp,
    limits,
    ...more,
  });
  return {
    compartment,
    work,
    secret,
    async [Symbol.asyncDispose]() {
      await compartment[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function ask(compartment: Compartment, work: string, script: string, env: Record<string, string> = {}) {
  const program = compartment.launch({
    file: '/bin/sh',
    args: ['-c', script],
    cwd: work,
    env: { PATH: '/usr/bin:/bin', TMPDIR: join(work, 'tmp'), ...env },
    signal: new AbortController().signal,
  });
  const [out, { code }] = await Promise.all([text(program.stdout), program.exited]);
  return { out, code };
}

/** Accounts that compartments of this process have; others may have some of theirs meanwhile. */
async function ownUids(): Promise<string[]> {
  const folder = '/run/marteau-uids';
  const all = await Promise.all(
    (await list(folder)).map(async (uid) => {
      const owner = await readFile(join(folder, uid), 'utf8').catch(() => '');
      return owner.startsWith(`${process.pid} `) ? [uid] : [];
    }),
  );
  return all.flat();
}

/** Mounts and groups that are named for these. */
async function tracesOf(uids: readonly string[]): Promise<string[]> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  const groups = await Promise.all(
    ['pids', 'memory', 'unified', '.'].map((each) => list(join('/sys/fs/cgroup', each, 'marteau'))),
  );
  const isOf = (text: string) => uids.some((uid) => text.includes(`marteau-${uid}`));
  return [...mounts, ...groups.flat()].filter(isOf);
}

function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
