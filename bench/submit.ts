import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseFile, resolveFile } from '@marteau/file';
import { launch } from '@marteau/launch';
import { startShare } from '@marteau/load';
import { createTempFolder, startTargetServer, type TargetServer, waitUntil } from '@marteau/testkit';
import { openHouse } from '../tests/house/house.ts';
import { plainProject } from '../tests/house/projects.ts';
import { type Bench, median } from './bench.ts';

/** From the submission to the first request of the load. */
export const bench: Bench = {
  name: 'submit',
  about: 'submit → first request on an idle system, against git clone and starting the engine by hand',
  goals: { submit_overhead: { better: 'lower', goal: 1.5 } },
  async run({ rounds, say }) {
    await using target = await startTargetServer();
    await using house = await openHouse();
    await using folder = await createTempFolder();
    const files = plainProject(target.url);
    const repo = await house.git.createRepo('bench', files);

    const submitted = async (): Promise<number> => {
      const id = await house.submit(repo.url);
      const took = await firstRequest(target);
      await house.ends(id);
      return took;
    };
    const byHand = async (): Promise<number> => {
      const into = await mkdtemp(join(folder.path, 'by-hand-'));
      const ended = cloneAndStart(repo.url, into, files['.marteau.yml']!, target.url);
      const took = await firstRequest(target);
      await ended;
      return took;
    };
    // One of each that is not counted: caches of files and compiled modules are warm for both then.
    await timed(target, submitted);
    await timed(target, byHand);
    const [marteau, hand]: [number[], number[]] = [[], []];
    for (let round = 1; round <= rounds; round++) {
      say(`round ${round} of ${rounds}`);
      marteau.push(await timed(target, submitted));
      hand.push(await timed(target, byHand));
    }
    const row = (name: string, values: number[]) => ({
      case: name,
      metric: 'until the first request',
      value: median(values),
      unit: 'ms',
    });
    return {
      rows: [row('submitted to Marteau', marteau), row('git clone and engine by hand', hand)],
      ratios: { submit_overhead: median(marteau) / median(hand) },
    };
  },
};

let begun = 0;

function timed(target: TargetServer, work: () => Promise<number>): Promise<number> {
  target.forget();
  begun = performance.now();
  return work();
}

async function firstRequest(target: TargetServer): Promise<number> {
  await waitUntil('the first request', () => target.seen.requests > 0, { everyMs: 1 });
  return performance.now() - begun;
}

async function cloneAndStart(url: string, into: string, text: string, target: string): Promise<void> {
  const root = join(into, 'tree');
  await promisify(execFile)('git', ['clone', '--quiet', '--depth=1', url, root]);
  const parsed = parseFile(text);
  const { file } = resolveFile(parsed.file!);
  const share = await startShare(
    {
      root,
      wdir: '.',
      script: file!.script,
      test: null,
      plan: file!.load.plan,
      share: { index: 0, of: 1 },
      node: 'by-hand',
      target,
      env: { PATH: process.env.PATH! },
      out: into,
      options: file!,
      run: null,
      secrets: [],
    },
    { launch, signal: new AbortController().signal },
  );
  share.stdout.resume();
  share.stderr.resume();
  await share.ready;
  share.start();
  await share.done;
}
