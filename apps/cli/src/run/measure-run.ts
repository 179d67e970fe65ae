import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { openUncontained } from '@marteau/launch';
import type { Measurements } from '@marteau/measure';
import {
  anywhere,
  consoleLine,
  engineOf,
  generateShare,
  missingDeps,
  npmSettings,
  type Places,
  prepareShare,
  type ShareOptions,
  startDeadline,
} from '@marteau/run';
import type { FaultEvent, Plan } from '@marteau/shared';
import type { Exchange } from '../show/once-lines.ts';
import { priorStatesIn, stateFolder } from './prior-states.ts';
import type { RunContext } from './run-context.ts';

export interface Measured {
  measurements: Measurements;
  plan: Plan | null;
  /** Every request, where the script was tried once. */
  exchanges: Exchange[];
  /** What broke while the load ran. */
  faults: readonly FaultEvent[];
  /** What stood around the run, by name, for the report. */
  facts: Record<string, string>;
  startedAt: Date;
}

const deadlines = { install: 600_000, before: 300_000, after: 30_000 };

/**
 * Runs the whole load on this machine, as share 1 of 1. The first Ctrl-C ends the load early. However it ends, nothing
 * of it is left.
 * @throws MarteauError; CommandError when it was interrupted
 */
export async function measureRun(run: RunContext): Promise<Measured> {
  const { id, file, source, console, display, interrupts, work } = run;
  let doing = 'starting';
  const phase = {
    say(name: string) {
      doing = name;
      console.flush(); // what was said before this comes before it
      display.phase(name);
    },
  };
  using deadline = startDeadline(file.timeoutMs, interrupts.signal, () => doing);
  const options = await shareOptions(run, phase, deadline.signal);
  await using prepared = await prepareShare(options);
  const exchanges: Exchange[] = [];
  let startedAt = new Date();
  const { measurements, plan, facts } = await generateShare(options, prepared, {
    engine: engineOf(file),
    share: { index: 0, of: 1 },
    node: hostname(),
    run: id,
    out: work.out,
    onStart(stop, plan) {
      interrupts.loadBegins(() => {
        console.say('Stopping: no new iteration begins. Ctrl-C again ends at once, without a report.');
        stop();
      });
      startedAt = new Date();
      display.begin(plan);
    },
    onMessage(message) {
      if (message.type === 'tick') display.tick(message);
      else if (message.type === 'exchange') exchanges.push(message);
      else {
        const line = consoleLine(message);
        if (line !== null) console.say(line);
      }
    },
    deliver: async () =>
      phase.say(file.after.length > 0 ? 'running after' : 'stopping what stood around the run'),
  });
  const tree: Record<string, string> = source.commit?.changed
    ? { 'Working tree': 'with changes that are in no commit' }
    : {};
  const { faults } = prepared;
  return {
    measurements,
    plan,
    exchanges,
    faults,
    startedAt,
    facts: { ...prepared.facts, ...facts, ...tree },
  };
}

async function shareOptions(
  { file, source, once, secrets, masker, work, world, console }: RunContext,
  phase: ShareOptions['phase'],
  signal: AbortSignal,
): Promise<ShareOptions> {
  const wdir = join(source.folder, file.wdir);
  const places: Places = { tree: source.folder, wdir, home: work.home, temp: work.temp };
  const home = homedir(); // npm finds neither its cache nor its settings in the empty home of foreign programs
  return {
    mode: once ? 'once' : 'load',
    file,
    project: source.project,
    places,
    searchPath: world.env.PATH ?? '',
    secrets,
    masker,
    packages: {
      // Somebody's own folder has its packages; only what `deps` names beyond them is installed there.
      deps: source.fetched ? file.deps : await missingDeps(file.deps, wdir),
      ofManifest: source.fetched,
      cache: world.env.npm_config_cache ?? join(home, '.npm'),
      npmSettings: { npm_config_userconfig: join(home, '.npmrc'), ...npmSettings(world.env) },
    },
    // Somebody's own programs, on their own machine.
    openCompartment: async () => openUncontained(),
    network: { never: [], registries: [], allowed: anywhere },
    console,
    phase,
    signal,
    deadlines,
    allowed: anywhere,
    outside: { priorStates: priorStatesIn(stateFolder(world), (sentence) => console.say(sentence)) },
    now: Date.now,
  };
}
