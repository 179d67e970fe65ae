import { homedir } from 'node:os';
import { join } from 'node:path';
import { buildPlan, oncePlan } from '@marteau/file';
import {
  type AroundOptions,
  fillSecrets,
  fixturesOf,
  foreignEnv,
  install,
  lockFacts,
  machineFacts,
  npmSettings,
  type Places,
  startAround,
  startDeadline,
  watchHosts,
  watchVersion,
} from '@marteau/fixture';
import { launch } from '@marteau/launch';
import { namesOfTests, type ShareMessage } from '@marteau/load';
import type { Measurements } from '@marteau/measure';
import type { FaultEvent, Plan } from '@marteau/shared';
import type { Exchange } from '../show/once-lines.ts';
import { measure } from './measure.ts';
import { missingDeps } from './missing-deps.ts';
import { priorStatesIn, stateFolder } from './prior-states.ts';
import type { RunContext } from './run-context.ts';

export interface Measured {
  measurements: Measurements;
  plan: Plan;
  /** Every request, where the script was tried once. */
  exchanges: Exchange[];
  /** What broke while the load ran. */
  faults: FaultEvent[];
  /** What stood around the run, by name, for the report. */
  facts: Record<string, string>;
  startedAt: Date;
}

const deadlines = { install: 600_000, before: 300_000, after: 30_000 };

/**
 * Installs what is missing, starts what stands around the load, and runs it. However it ends, all of that is stopped.
 * @throws MarteauError; CommandError when it was interrupted
 */
export async function measureRun(run: RunContext): Promise<Measured> {
  const { file, source, work, world, console, display, interrupts } = run;
  let doing = 'starting';
  const phase = {
    say(name: string) {
      doing = name;
      console.flush(); // what was said before this comes before it
      display.phase(name);
    },
  };
  using deadline = startDeadline(file.timeoutMs, interrupts.signal, () => doing);
  const { signal } = deadline;
  const wdir = join(source.folder, file.wdir);
  const places: Places = { tree: source.folder, wdir, home: work.home, temp: work.temp };
  const base = foreignEnv(places, world.env.PATH ?? '');
  const env = { ...base, ...fillSecrets(file.env, run.secrets, source.project) };
  await installFor(run, { places, env: base, phase, signal });
  const locks = await lockFacts(places);
  const faults: FaultEvent[] = [];
  const [target = null] = file.targets;
  const { measurements, ...rest } = await measureAround(run, {
    target,
    places,
    env,
    console,
    phase,
    signal,
    deadlines,
    priorStates: priorStatesIn(stateFolder(world), (sentence) => console.say(sentence)),
    onFault: (fault) => faults.push({ type: 'fault', at: Date.now(), ...fault }),
  });
  const { commit } = source;
  const tree: Record<string, string> = commit?.changed
    ? { 'Working tree': 'with changes that are in no commit' }
    : {};
  return { measurements, faults, ...rest, facts: { ...machineFacts(), ...locks, ...rest.facts, ...tree } };
}

type InstallOptions = Pick<Parameters<typeof install>[0], 'places' | 'env' | 'phase' | 'signal'>;

/** Somebody's own folder has its packages; only what `deps` names beyond them is installed there. */
async function installFor(
  { source, file, console, world }: RunContext,
  options: InstallOptions,
): Promise<void> {
  const { fetched } = source;
  const home = homedir(); // npm finds neither its cache nor its settings in the empty home of foreign programs
  await install({
    ...options,
    ofManifest: fetched,
    deps: fetched ? file.deps : await missingDeps(file.deps, options.places.wdir),
    cache: world.env.npm_config_cache ?? join(home, '.npm'),
    npmSettings: { npm_config_userconfig: join(home, '.npmrc'), ...npmSettings(world.env) },
    console,
    deadlineMs: deadlines.install,
  });
}

async function measureAround(run: RunContext, options: AroundOptions): Promise<Omit<Measured, 'faults'>> {
  const { id, file, work, console, display, interrupts } = run;
  const { phase, signal, places } = options;
  const secrets = Object.values(run.secrets);
  await using around = await startAround(fixturesOf(file), options);
  const version = await watchVersion(file, around.target, signal);
  for (const line of version.said) console.say(line);
  phase.say('loading the script');
  const plan = run.once
    ? oncePlan(
        await namesOfTests(
          {
            root: places.tree,
            wdir: file.wdir,
            script: file.script,
            test: file.test,
            target: around.target,
            env: around.env,
            options: file,
            secrets,
          },
          { launch, signal },
        ),
      )
    : buildPlan(file);
  let startedAt = new Date();
  const exchanges: Exchange[] = [];
  await using hosts = watchHosts(file.monitors, { signal, now: Date.now });
  const measured = await measure({
    file,
    once: run.once,
    plan,
    places,
    around,
    secrets,
    run: id,
    out: work.out,
    console,
    signal,
    interrupts,
    onBegin() {
      startedAt = new Date();
      around.loadBegins(startedAt.getTime());
      display.begin(plan);
    },
    onMessage(message) {
      if (message.type === 'tick') display.tick(message);
      else if (message.type === 'exchange') exchanges.push(message);
      else if (message.type !== 'step') console.say(sentenceOf(message));
    },
  });
  phase.say(file.after.length > 0 ? 'running after' : 'stopping what stood around the run');
  const facts = { ...version.facts, ...around.facts };
  const measurements = await around.note(await hosts.note(await version.note(measured)));
  return { measurements, plan, exchanges, facts, startedAt };
}

function sentenceOf(message: Extract<ShareMessage, { type: 'note' | 'stopped' | 'failure' }>): string {
  if (message.type === 'note') return message.text;
  if (message.type === 'stopped') return `The load is stopped: ${message.sentence}.`;
  return firstSeen(message.group);
}

function firstSeen({ test, label, source, message }: Measurements['failures'][number]): string {
  const where = source === null ? '' : ` (${source})`;
  return `First seen: ${label || test}: ${message.replace(/\s+/g, ' ')}${where}`;
}
