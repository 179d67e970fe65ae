import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResolvedFile } from '@marteau/file';
import {
  fillSecrets,
  fixturesOf,
  foreignEnv,
  install,
  launchForeign,
  type Places,
  startAround,
  startDeadline,
} from '@marteau/fixture';
import { runShare, type ShareMessage } from '@marteau/load';
import type { Measurements } from '@marteau/measure';
import { MarteauError, type Plan } from '@marteau/shared';
import { projectSecrets } from '@marteau/source';
import type { JobLease } from '@marteau/store';
import type { Context } from '../context.ts';
import type { Stage } from '../stage/stage.ts';

const LONGEST_MS = 120_000;

/** Two users, two iterations each. */
const plan: Plan = {
  steps: [
    {
      index: 0,
      name: 'preflight',
      model: 'closed',
      users: { from: 2, to: 2 },
      rate: null,
      maxUsers: null,
      iterations: { count: 2, per: 'user' },
      rampMs: 0,
      durationMs: 60_000,
      recorded: true,
      test: null,
    },
  ],
};

/**
 * Lets two users try a script: one that nobody gets through ends the run here, and costs no node.
 * @param places where the project was unpacked; packages are installed there
 * @throws MarteauError preflight-failed, script-*, npm-*, app-*; the signal's reason
 */
export async function tryScript(
  { config, secrets: known, node }: Context,
  stage: Stage<JobLease>,
  file: ResolvedFile,
  places: Places,
): Promise<void> {
  const { run, console, phase, work } = stage;
  phase.say('trying the script');
  const out = join(work, 'out');
  await mkdir(out);
  using deadline = startDeadline(LONGEST_MS + config.deadlines.install, stage.signal, () => phase.current);
  const { signal } = deadline;
  const secrets = projectSecrets(known, run.project);
  const base = foreignEnv(places, config.searchPath);
  const env = { ...base, ...fillSecrets(file.env, secrets, run.project) };
  const { deadlines } = config;
  await install({
    deps: file.deps,
    places,
    env: base,
    cache: join(config.dataFolder, 'npm-cache'),
    npmSettings: config.npm,
    console,
    phase,
    signal,
    deadlineMs: deadlines.install,
  });
  const [target = null] = file.targets;
  const onFault = (): void => {};
  await using around = await startAround(fixturesOf(onTrial(file)), {
    target,
    places,
    env,
    console,
    phase,
    signal,
    deadlines,
    onFault,
  });
  phase.say('trying the script');
  const measurements = await runShare(
    {
      root: places.tree,
      wdir: file.wdir,
      script: file.script,
      test: file.test,
      plan,
      share: { index: 0, of: 1 },
      node: node.node,
      target: around.target,
      env: around.env,
      out,
      options: file,
      run: run.id,
      secrets: Object.values(secrets),
      threads: 1,
    },
    {
      launch: launchForeign,
      signal,
      onMessage: (message) => tell(message, stage),
      read: (stdout, stderr) => console.read('script', stdout, stderr),
    },
  );
  requirePassage(measurements, stage);
}

/** What stands around a trial: all that the script needs, and nothing that breaks anything or is done once in a run. */
function onTrial(file: ResolvedFile): ResolvedFile {
  const own = Object.entries(file.proxies).filter(([, { control }]) => control === null);
  return {
    ...file,
    nodes: { ...file.nodes, count: 1 },
    before: [],
    after: [],
    proxies: Object.fromEntries(own),
    chaos: null,
    fixtures: {},
  };
}

function tell(message: ShareMessage, { console, masker }: Stage<JobLease>): void {
  if (message.type === 'note') console.say(message.text);
  if (message.type !== 'failure') return;
  const { test, label, source, message: text } = message.group;
  const where = source === null ? '' : ` (${source})`;
  console.say(masker.mask(`Preflight: ${label || test}: ${text.replace(/\s+/g, ' ')}${where}`));
}

/** @throws MarteauError preflight-failed when no iteration came to a good end */
function requirePassage({ labels, failures }: Measurements, { console }: Stage<JobLease>): void {
  const tests = labels.filter(({ kind }) => kind === 'test').flatMap(({ steps }) => steps);
  const good = tests.reduce((sum, { count, errors }) => sum + count - errors, 0);
  if (good > 0) {
    console.say('Preflight: two users got through the script.');
    return;
  }
  const first = failures.find(({ kind }) => kind !== 'error') ?? failures[0];
  const what = first
    ? `${first.label || first.test}: ${first.message.replace(/\s+/g, ' ')}${first.source === null ? '' : ` (${first.source})`}`
    : 'no iteration came to its end within a minute';
  throw new MarteauError('preflight-failed', { what });
}
