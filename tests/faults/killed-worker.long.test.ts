// Issue C, fault 1: SIGKILL of a worker in every stage.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { strongestSandbox } from '@marteau/launch';
import {
  type AppProcess,
  createTempFolder,
  descendantsOf,
  startTargetServer,
  type TargetServer,
  type TempFolder,
  waitUntil,
} from '@marteau/testkit';
import { type GateServer, startGateServer } from '../house/gate-server.ts';
import { type House, openHouse } from '../house/house.ts';
import { type NpmRegistry, startNpmRegistry } from '../house/npm-registry.ts';
import { plainProject, scriptOf, visitHello } from '../house/projects.ts';
import { sees } from './sees.ts';
import { shellHold } from './shell-hold.ts';
import { LONGEST_MS, TIMES } from './size.ts';
import { assertSound, eventsOf } from './sound.ts';

/** A lease of 8 s, and what a busy machine takes for the rest. */
const NOTICED_MS = TIMES === 1 ? 20_000 : 10_000;

/** A run that has got to where its worker is to be killed. */
interface Reached {
  id: string;
  /** Who is killed; who works on the run, if not said. */
  victim?: AppProcess;
  /** Once another worker is there. */
  letGo?: () => Promise<void> | void;
}

describe('SIGKILL of the worker', { concurrency: 1, timeout: LONGEST_MS * 9 }, () => {
  let house: House;
  let target: TargetServer;
  let folder: TempFolder;
  let registry: NpmRegistry;
  let toGit: GateServer;
  let toNpm: GateServer;
  let count = 0;
  before(async () => {
    // The other one notices: where nobody looked for a while, leases that ended meanwhile say nothing.
    // Scripts and test meet by files, of which a contained script would see none.
    house = await openHouse({ workers: 2, env: { MARTEAU_PREFLIGHT: '0', MARTEAU_CONTAIN: 'off' } });
    target = await startTargetServer();
    folder = await createTempFolder();
    registry = await startNpmRegistry({ tiny: { version: '1.0.0', files: { 'index.js': 'export {};' } } });
    toGit = await startGateServer(house.git.url);
    toNpm = await startGateServer(registry.url);
  });
  after(async () => {
    for (const each of [toNpm, toGit, registry, house, target, folder]) await each[Symbol.asyncDispose]();
  });

  async function submit(more = '', files: Record<string, string> = {}): Promise<string> {
    count += 1;
    target.forget();
    const repo = await house.git.createRepo(`killed-${count}`, {
      ...plainProject(target.url, more),
      ...files,
    });
    const url = repo.url.replace(house.git.url, toGit.url);
    return house.submit(url, { email: 'ana@example.com' });
  }

  const stages: Record<string, { reach: () => Promise<Reached>; outcome: 'again' | 'lost' | 'judged' }> = {
    'while it clones': {
      async reach() {
        toGit.shut();
        const id = await submit();
        await waitUntil('the clone to hang', () => toGit.waiting > 0);
        return { id, letGo: () => toGit.open() };
      },
      outcome: 'judged',
    },
    'while it installs packages': {
      async reach() {
        toNpm.shut();
        const id = await submit('deps: [tiny]\n', {
          '.npmrc': `registry=${toNpm.url}/\ncache=${folder.path}/${count}`,
        });
        await waitUntil('npm to hang', () => toNpm.waiting > 0);
        return { id, letGo: () => toNpm.open() };
      },
      outcome: 'again',
    },
    'while the app is set up': {
      async reach() {
        const hold = shellHold(folder.path, `setup-${count}`);
        const id = await submit(`app: {setup: "${hold.command}", command: node app.mjs}\n`, {
          'app.mjs':
            "import { createServer } from 'node:http'; createServer((_, r) => r.end('hello')).listen(process.env.PORT, '127.0.0.1');",
        });
        await waitUntil('the setup', hold.isReached);
        return { id, letGo: hold.letGo };
      },
      outcome: 'again',
    },
    'at the barrier': {
      async reach() {
        const [first, go] = [join(folder.path, `first-${count}`), join(folder.path, `go-${count}`)];
        // Whose script is loaded first goes on to the barrier; the other one keeps it waiting there.
        const script = scriptOf(
          visitHello,
          `import { existsSync, readFileSync, writeFileSync } from 'node:fs';
try { writeFileSync('${first}', process.cwd(), { flag: 'wx' }); } catch {}
while (readFileSync('${first}', 'utf8') !== process.cwd() && !existsSync('${go}')) await think(50);`,
        );
        const id = await submit('nodes: 2\n', { 'plain.test.ts': script });
        await sees(house, id, 'running', 'waiting for the start');
        const path = await waitUntil('the first', () => existsSync(first) && readFileSync(first, 'utf8'));
        const victim = house.workers.find((worker) => path.includes(`-${nameOf(worker)}.`))!;
        const letGo = async (): Promise<void> => {
          // Let go before the death was noticed, the others would start, and the node be lost after the start.
          await waitUntil('its death to be noticed', async () => (await house.run(id)).attempt === 2);
          await writeFile(go, '');
        };
        return { id, victim, letGo };
      },
      outcome: 'again',
    },
    'while it generates load': {
      async reach() {
        const id = await submit('warmup: 2s\n');
        await house.until(id, 'under load', () => target.seen.requests > 5);
        return { id };
      },
      outcome: 'lost',
    },
    'in after': {
      async reach() {
        const hold = shellHold(folder.path, `after-${count}`);
        const id = await submit(`after: "${hold.command}"\n`);
        await waitUntil('after', hold.isReached);
        return { id, letGo: hold.letGo };
      },
      outcome: 'judged',
    },
    'while it merges': {
      async reach() {
        const id = await submit();
        await sees(house, id, 'reporting', 'merging');
        return { id };
      },
      outcome: 'judged',
    },
    'while it publishes the report': {
      async reach() {
        const id = await submit();
        await sees(house, id, 'reporting', 'writing the report');
        return { id };
      },
      outcome: 'judged',
    },
  };

  const nameOf = (worker: AppProcess): string => /listening for runs as (\S+)/.exec(worker.output())![1]!;
  /** The next one has another name than those that were killed a moment ago, so that their death must be noticed. */
  function freeName(): string {
    count += 1;
    return `spare-${count}`;
  }

  /** Who began the run's last stage. */
  function holderOf(id: string): AppProcess {
    const begun = house.workers.map((worker) => ({
      worker,
      at: Math.max(
        0,
        ...worker
          .output()
          .split('\n')
          .filter((line) => line.includes(id) && line.includes('"begun"'))
          .map((line): number => JSON.parse(line).time),
      ),
    }));
    return begun.sort((a, b) => b.at - a.at)[0]!.worker;
  }

  /**
   * Kills the worker, and starts another one; nothing that the first had started is left.
   * @returns when it was dead, ms since 1970
   */
  async function kill(victim: AppProcess): Promise<number> {
    const programs = new Set(descendantsOf(victim.pid).map(({ pid }) => pid));
    const areGone = (): Promise<unknown> =>
      waitUntil('its programs to be gone', () => !house.mark.alive().some(({ pid }) => programs.has(pid)), {
        deadlineMs: 5000,
      });
    house.workers.splice(house.workers.indexOf(victim), 1);
    await victim.kill();
    const diedAt = Date.now();
    // Where no namespace is permitted, the next start sweeps.
    if (strongestSandbox().isSealed) await areGone();
    await house.startWorker(freeName());
    await areGone();
    return diedAt;
  }

  /** How long it took until somebody else went on with the run, ms; none when it was over before the blow fell. */
  async function noticedAfter(id: string, killedAt: number, diedAt: number): Promise<number[]> {
    const next = (await eventsOf(house, id)).find(({ type, at }) => type === 'state' && at > diedAt);
    if (!next) return [];
    assert.ok(next.at - killedAt <= NOTICED_MS, `it was noticed after ${next.at - killedAt} ms`);
    return [next.at - killedAt];
  }

  const spread = (values: number[]): string => {
    const sorted = values.sort((a, b) => a - b);
    return `median ${sorted[sorted.length >> 1]} ms, most ${sorted.at(-1)} ms, of ${sorted.length}`;
  };

  for (const [name, { reach, outcome }] of Object.entries(stages)) {
    test(`${name}, ${TIMES} x`, { timeout: LONGEST_MS }, async (t) => {
      const noticed: number[] = [];
      for (let time = 0; time < TIMES; time++) {
        const { id, victim = holderOf(id), letGo } = await reach();
        const killedAt = Date.now();
        const diedAt = await kill(victim);
        await letGo?.();
        const [run] = await assertSound(house, [id]);
        noticed.push(...(await noticedAfter(id, killedAt, diedAt)));
        if (outcome === 'lost') {
          assert.equal(run!.reasonCode, 'nodes-lost', run!.reason ?? run!.verdict ?? '');
          assert.match(run!.reason!, /^[a-z]+-\d+ was lost while the load ran/);
        } else {
          assert.equal(run!.verdict, 'pass', run!.reason ?? '');
          assert.equal(run!.attempt, outcome === 'again' ? 2 : 1);
        }
      }
      t.diagnostic(`${name}: from the kill until another worker went on ${spread(noticed)}`);
      assert.ok(noticed.length > TIMES / 2, 'most blows fell when the run was over');
    });
  }
});
