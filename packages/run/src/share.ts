import { destinationsOf } from '@marteau/consent';
import { locationOf, type ResolvedFile } from '@marteau/file';
import type { Compartment, EgressLimit } from '@marteau/launch';
import { loadersIn } from '@marteau/load';
import type { EngineMessage, Measurements } from '@marteau/measure';
import type { Allowed } from '@marteau/net';
import type { ChangeLoad, FaultEvent, Masker, Plan, Share } from '@marteau/shared';
import { type Around, type AroundOptions, startAround } from './around/around.ts';
import type { AroundContext } from './around/part.ts';
import { partsOf } from './around/parts-of.ts';
import type { Output, PhaseOutput } from './console/output.ts';
import type { Deadlines } from './deadline.ts';
import type { Engine, Mode } from './engine/engine.ts';
import { type Lock, lockFacts, locksOf, machineFacts } from './environment/facts.ts';
import { fillSecrets } from './environment/fill-secrets.ts';
import { foreignEnv, type Places } from './environment/foreign-env.ts';
import { startExport } from './export/export.ts';
import { install, type Packages } from './install/install.ts';
import { runSetup, type SetupCache } from './install/run-setup.ts';
import { foreignLauncher } from './launch-foreign.ts';
import { exceededInWords, explainedByLimits } from './limits/exceeded.ts';
import { watchHosts } from './monitors/watch-hosts.ts';

import { type Between, canStandBetween, openBetween } from './network/between.ts';
import { HeldNetwork, type NetworkRules } from './network/held-network.ts';
import { startStopping } from './stopping.ts';
import { watchVersion } from './version/deployed-version.ts';

/** One share of a run: the same for a node of many, for a preflight, for a script that is tried once, and for `marteau run`. */
export interface ShareOptions {
  readonly mode: Mode;
  readonly file: ResolvedFile;
  readonly project: string;
  readonly places: Places;
  /** What foreign programs get as their PATH. */
  readonly searchPath: string;
  /** Of the project, by name; the file's `env` may have them filled in. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly masker: Masker;
  /** Where owners of hosts can stop the load, by the names of these; shown to nobody else. */
  readonly stops?: Readonly<Record<string, string>>;
  /** Requests per second that `host:port`s allow, of all shares together. */
  readonly rates?: Readonly<Record<string, number>>;
  /** How much may go to `host:port`s of the file from this node, below what sends it. */
  readonly limits?: Readonly<Record<string, EgressLimit>>;
  readonly packages: Packages;
  /** What earlier runs' `setup` left in HOME; nothing is kept unless given. */
  readonly setupCache?: SetupCache;
  /** Opens where programs live: npm, which keeps its cache to itself; all that is the run's; what stands between it and its target. */
  readonly openCompartment: (whose: 'npm' | 'run' | 'between') => Promise<Compartment>;
  /** What its programs may reach. */
  readonly network: NetworkRules;
  readonly console: Output;
  readonly phase: PhaseOutput;
  /** Ends the share. */
  readonly signal: AbortSignal;
  readonly deadlines: Deadlines;
  /** Which addresses may be asked in this process's name, for what the file names. */
  readonly allowed: Allowed;
  /** What the parts around the load have outside of this process; nothing where they stand for themselves. */
  readonly outside?: Pick<AroundContext, 'priorStates' | 'onCommand' | 'keepText'>;
  /** Something broke, by itself or on purpose, while the load ran. */
  onFault?(fault: FaultEvent): void;
  /** ms since 1970 */
  now(): number;
}

/** A share with all that it needs before anything stands around it. To be disposed of when all of that has ended. */
export interface PreparedShare extends AsyncDisposable {
  readonly network: HeldNetwork;

  readonly around: AroundOptions;
  /** Opens where a program of ours stands between the load and its target; null where that cannot be held. */
  readonly openBetween: (() => Promise<Between>) | null;
  /** Lock files and manifests, as they were committed. */
  readonly locks: readonly Lock[];
  /** What the report's reader should know of the machine, by name. */
  readonly facts: Readonly<Record<string, string>>;
  /** What broke so far; secrets are masked. */
  readonly faults: readonly FaultEvent[];
  /** What limits did to its programs so far, in sentences. */
  exceeded(): string[];
  /** An error of the share, with the limits' part in it. */
  explained(error: unknown): unknown;
}

/**
 * Installs what the test needs, and says what stands around it is to be started with.
 * @throws MarteauError secret-unknown, npm-*, install-deadline; the signal's reason
 */
export async function prepareShare(options: ShareOptions): Promise<PreparedShare> {
  const { file, places, console, phase, signal, deadlines, allowed, masker, now, outside } = options;
  const destinations = destinationsOf(file);
  const base = foreignEnv(places, options.searchPath);
  const env = { ...base, ...fillSecrets(file.env, options.secrets, options.project) };
  const locks = await locksOf(places); // as they were committed
  // Installing needs no secret.
  {
    await using kept = new AsyncDisposableStack();
    let exceeded: Compartment['exceeded'] = () => [];
    await install({
      ...options.packages,
      places,
      env: base,
      console,
      phase,
      signal,
      deadlineMs: deadlines.install,
      async launcher() {
        const compartment = kept.use(await options.openCompartment('npm'));
        exceeded = () => compartment.exceeded();
        const network = kept.use(new HeldNetwork(compartment, options.network));
        await network.allowOfFile(destinations, options.limits);
        await network.allowRegistries();
        return foreignLauncher(compartment.launch);
      },
    }).catch((error: unknown) => {
      throw explainedByLimits(error, exceeded(), 'npm');
    });
  }
  const facts = { ...machineFacts(), ...lockFacts(locks) };
  const faults: FaultEvent[] = [];
  const onFault: AroundContext['onFault'] = (fault) => {
    const event: FaultEvent = masker.maskAll({ type: 'fault', at: now(), ...fault });
    faults.push(event);
    options.onFault?.(event);
  };
  const [target = null] = file.targets;
  await using stack = new AsyncDisposableStack();
  const compartment = stack.use(await options.openCompartment('run'));
  const network = stack.use(new HeldNetwork(compartment, options.network));
  stack.defer(async () => void (await sayRefusals(network, console))); // where nothing was measured
  await network.allowOfFile(destinations, options.limits);
  const launch = foreignLauncher(compartment.launch);
  const kept = stack.move();
  const around = {
    target,
    places,
    env: env.TMPDIR === places.temp ? { ...env, TMPDIR: compartment.temp ?? places.temp } : env,
    console,
    phase,
    signal,
    deadlines,
    launch,
    network,
    allowed,
    onFault,
    ...outside,
  };
  return {
    around,
    network,
    openBetween:
      compartment.containment === 'contained' && canStandBetween(file)
        ? () =>
            openBetween({
              file,
              network,
              open: () => options.openCompartment('between'),
              rules: options.network,
              limits: options.limits,
            })
        : null,
    locks,
    facts: { ...facts, Containment: compartment.containment },
    faults,
    exceeded: () => exceededInWords(compartment.exceeded()),
    explained: (error) => explainedByLimits(error, compartment.exceeded()),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** What generating a share needs besides. */
export interface GenerateOptions {
  readonly engine: Engine;
  readonly share: Share;
  readonly node: string;
  /** The run's id. */
  readonly run: string;
  /** A folder for what the engine hands in. Absolute. */
  readonly out: string;
  /** Starts what stands around the load, or finds it on another node; all of the file's unless given. */
  open?(options: AroundOptions): Promise<Around>;
  /** Waits for the other shares; resolves with the moment to start at, ms since 1970. At once unless given. */
  begin?(): Promise<number>;
  /**
   * The load has begun.
   * @param stop ends it early and keeps what was measured
   * @param plan null where it is the engine's own
   * @param change makes another load of it; absent where the engine cannot
   */
  onStart(stop: () => void, plan: Plan | null, change?: ChangeLoad): void;
  onMessage(message: EngineMessage, plan: Plan | null, lengthMs: number | null): void;
  /** Waits until what stands around this share is needed by no other one. */
  outlast?(): Promise<void>;
  /** Keeps what came of it, before what stands around is ended: `after` of the file may take its time. */
  deliver?(measured: MeasuredShare): Promise<void>;
}

/** What a share came to. */
export interface MeasuredShare {
  readonly measurements: Measurements;
  readonly plan: Plan | null;
  /** What stood around the load, by name, for the report. */
  readonly facts: Readonly<Record<string, string>>;
}

/**
 * Starts what stands around the load, generates it, and tells what was measured and seen. However it ends, all of that
 * is stopped.
 * @throws MarteauError; what `open`, `begin`, `outlast` and `deliver` throw; the signal's reason
 */
export async function generateShare(
  options: ShareOptions,
  prepared: PreparedShare,
  generating: GenerateOptions,
): Promise<MeasuredShare> {
  const { mode, file, places, console, phase, signal, allowed, now } = options;
  const { engine, share, onStart, onMessage } = generating;
  const open = generating.open ?? ((around) => startAround(partsOf(file), around));
  await using around = await open(prepared.around);
  const isOwn = file.targets.length === 0;
  const version = await watchVersion(file, around.target, { signal, allowed, isOwn });
  for (const line of version.said) console.say(line);

  await runSetup(file.runner.setup, {
    ...prepared.around,
    env: around.env,
    locks: prepared.locks,
    ...(options.setupCache && { cache: options.setupCache }),
  });
  phase.say('loading the script');
  const { target, env } = around;
  const loaders = loadersIn(env);
  if (loaders.length > 0)
    console.say(
      `${loaders.join(', ')}: for the app and for commands; what generates the load starts without.`,
    );
  const { launch } = prepared.around;
  const stops = options.stops ?? {};
  const secrets = [options.secrets, stops].flatMap((each) => Object.values(each));
  const work = { mode, file, places, target, env, secrets };
  const { plan, lengthMs } = await engine.plan(work, { launch, signal });
  // All shares hit the same hosts: one of them asks.
  await using hosts = watchHosts(share.index === 0 ? file.monitors : {}, { signal, allowed, now });
  let begunAt: number | undefined;
  const { node, run, out } = generating;
  await using exporting = startExport(mode === 'load' ? (file.export ?? []) : [], {
    of: { run, project: options.project, node, location: locationOf(file.nodes, share.index)?.name ?? null },
    plan,
    variables: fillSecrets(file.env, options.secrets, options.project),
    allowed,
    signal,
    now,
  });
  using stopping = startStopping(signal);
  const measured = await engine.run(
    { ...work, plan, lengthMs, share, node, run, stops, rates: options.rates ?? {}, out },
    {
      launch,
      signal: stopping.signal,
      onMessage(message) {
        exporting.take(message);
        onMessage(message, plan, lengthMs);
      },
      read: (stdout, stderr) => console.read('script', stdout, stderr),
      openBetween: prepared.openBetween,
      async begin() {
        begunAt = await generating.begin?.();
        if (begunAt !== undefined) around.loadBegins(begunAt);
        return begunAt;
      },
      onStart(stop, change) {
        if (begunAt === undefined) around.loadBegins(now());
        onStart(stopping.firmly(stop), plan, change);
      },
    },
  );
  const refused = await sayRefusals(prepared.network, console);
  const limited = await prepared.network.limited();
  for (const sentence of limited) console.say(sentence);
  const notes = [
    ...measured.notes,
    ...refused,
    ...limited,
    ...prepared.exceeded(),
    ...(await exporting.end()),
  ];
  const noted = await hosts.note(await version.note({ ...measured, notes }));
  await generating.outlast?.();
  signal.throwIfAborted();
  const measurements = await around.note(noted);
  const outcome = { measurements, plan, facts: { ...version.facts, ...around.facts } };
  await generating.deliver?.(outcome);
  return outcome;
}

/** Says what was tried to be reached and refused. @returns the same, for the report */
async function sayRefusals(network: HeldNetwork, console: Output): Promise<string[]> {
  const sentences = await network.refusals();
  for (const sentence of sentences) console.say(sentence);
  return sentences;
}
