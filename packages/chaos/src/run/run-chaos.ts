import { randomInt } from 'node:crypto';
import type { ResolvedFile } from '@marteau/file';
import type { Launch } from '@marteau/launch';
import type { ChaosRecord } from '@marteau/measure';
import type { Allowed } from '@marteau/net';
import { type ChaosCommand, isMarteauError } from '@marteau/shared';
import { formatAddress } from '../address.ts';
import type { AskOptions } from '../client/ask.ts';
import type { Tally } from '../outputs/tally.ts';
import { type ProxyProcess, startProxyProcess } from '../process/start-process.ts';
import { wrong } from '../wrong.ts';
import { type ChaosMoment, type Driver, driveFaults } from './drive-faults.ts';
import { checkChaos, planFaults } from './faults.ts';
import { liveFault } from './live-fault.ts';
import { type PriorStates, placeOf } from './prior-state.ts';
import { controlKind, steerMarteau, watchFaults } from './steer-marteau.ts';
import { steerToxiproxy } from './steer-toxiproxy.ts';
import { steerVaurien } from './steer-vaurien.ts';
import type { SteeredProxy } from './steered-proxy.ts';
import { vaurienFaults } from './vaurien-faults.ts';

type File = Pick<ResolvedFile, 'proxies' | 'chaos' | 'fixtures'>;

interface ChaosOptions {
  readonly file: File;
  /** Of the load, ms: what lasts to the end ends there. */
  readonly length: number;
  /** The host on which proxies listen that are started; 127.0.0.1 unless given. */
  readonly listen?: string | undefined;
  readonly launch: Launch;
  readonly signal: AbortSignal;
  /** For control servers beside an app that runs elsewhere. */
  readonly token?: string | undefined;
  /** Which addresses of those may be asked; all but metadata ones unless given. */
  readonly allowed?: Allowed | undefined;
  readonly onMoment: (moment: ChaosMoment) => void;
  /** Where it is written down what proxies elsewhere were before; without it only this process can put them back. */
  readonly priorStates?: PriorStates | undefined;
}

/** The chaos of a run: proxies that stand, and a timeline that waits for the load. */
export interface RunChaos {
  /** Addresses of the proxies that were started, by name. */
  readonly addresses: Readonly<Record<string, string>>;
  /** The load begins at this moment, ms since 1970. */
  begin(startsAt: number): void;
  /**
   * Does what a person asks for while the load runs. What cannot be done is told; before the load and after
   * it nothing is done.
   */
  command(command: ChaosCommand): void;
  /** The load is over: heals everything, and resolves with what was done. Null when it never began. */
  end(): Promise<ChaosRecord | null>;
  /** Heals everything and stops what was started. */
  stop(): Promise<void>;
}

/**
 * Starts the proxies of a file in a process of their own, and finds those that stand elsewhere.
 * @throws chaos-wrong, chaos-control-failed
 */
export async function startRunChaos(options: ChaosOptions): Promise<RunChaos> {
  const { file, length, listen, launch, signal, onMoment, priorStates, allowed } = options;
  const who = { token: options.token, allowed };
  checkChaos(file);
  const seed = file.chaos?.seed ?? randomInt(2 ** 31);
  let driver: Driver | null = null;
  const onFaults = (tallies: readonly Tally[]) =>
    driver?.count(tallies.filter(({ proxy }) => proxy in file.proxies));
  const trouble = (sentence: string) => onMoment({ what: 'trouble', sentence });
  const died: string[] = [];
  const onDeath = (sentence: string) => {
    died.push(sentence);
    trouble(sentence);
  };
  const own = await startOwn(file, { seed, listen, launch, signal, onFaults, onDeath });
  await using stack = new AsyncDisposableStack();
  if (own) stack.use(own);
  const legacy = vaurienFaults(file.fixtures, length);
  const proxies = new Map<string, SteeredProxy>();
  for (const [name, { control }] of Object.entries(file.proxies)) {
    proxies.set(
      name,
      control === null
        ? await steerMarteau(own!.url, name, { token: own!.token })
        : await foreign(control, name, who),
    );
  }
  const elsewhere = new Set(Object.values(file.proxies).flatMap(({ control }) => control ?? []));
  const watching = new AbortController();
  stack.defer(() => watching.abort());
  for (const url of elsewhere) watchFaults(url, who, watching.signal, onFaults);
  for (const { name, server } of legacy) proxies.set(name, await steerVaurien(server, name, allowed));
  const faults = [...planFaults(file.chaos, length), ...legacy.map(({ fault }) => fault)];
  const priors = [...proxies.values()].flatMap(({ name, prior }) =>
    prior === null ? [] : [{ name, prior }],
  );
  if (priorStates) await Promise.all(priors.map(({ prior }) => priorStates.keep(placeOf(prior), prior)));
  const forget = async (isBack: (name: string) => boolean): Promise<void> => {
    if (!priorStates) return;
    const back = priors.filter(({ name }) => isBack(name));
    await Promise.all(back.map(({ prior }) => priorStates.forget(placeOf(prior))));
  };
  let begun = 0;
  let asked = 0;
  let ended: Promise<ChaosRecord | null> | null = null;
  const end = async (): Promise<ChaosRecord | null> => {
    if (driver === null) {
      await forget(() => true); // nothing was changed
      return null;
    }
    const { restored } = driver;
    const { used, troubles, ...done } = await driver.end(async () => own?.flush());
    await forget((name) => restored.has(name));
    return {
      seed,
      proxies: [...proxies.values()].map(({ name, upstream, protocol }) => ({
        name,
        upstream,
        protocol,
        control: file.proxies[name]?.control ?? legacy.find((one) => one.name === name)?.server ?? null,
        used: used.get(name) ?? null,
      })),
      ...done,
      troubles: [...died, ...troubles],
    };
  };
  const endOnce = (): Promise<ChaosRecord | null> => {
    ended ??= end();
    return ended;
  };
  const kept = stack.move();
  return {
    addresses: own?.addresses ?? {},
    begin(startsAt) {
      begun = startsAt;
      driver = driveFaults({ faults, proxies, startsAt, onMoment });
    },
    command(command) {
      if (driver === null || ended !== null) return;
      if (command.do === 'heal') return driver.heal();
      try {
        asked += 1;
        driver.break(liveFault(file, command, { at: Date.now() - begun, length, number: asked }));
      } catch (error) {
        if (!isMarteauError(error)) throw error;
        onMoment({ what: 'refused', sentence: error.message });
      }
    },
    end: endOnce,
    async stop() {
      await endOnce();
      await kept.disposeAsync();
    },
  };
}

async function startOwn(
  { proxies }: File,
  options: { seed: number; listen: string | undefined } & Omit<
    Parameters<typeof startProxyProcess>[0],
    'proxies'
  >,
): Promise<ProxyProcess | null> {
  const wanted = Object.entries(proxies).filter(([, { control }]) => control === null);
  if (wanted.length === 0) return null;
  return startProxyProcess({
    ...options,
    proxies: wanted.map(([name, { upstream, protocol, standstillMs }]) => ({
      name,
      listen: formatAddress({ host: options.listen ?? '127.0.0.1', port: 0 }),
      upstream: upstream ?? '',
      protocol,
      seed: options.seed,
      ...(standstillMs !== undefined && { standstill: standstillMs }),
    })),
  });
}

async function foreign(control: string, name: string, who: AskOptions): Promise<SteeredProxy> {
  const kind = await controlKind(control, who);
  const proxy =
    kind === 'marteau'
      ? await steerMarteau(control, name, who)
      : await steerToxiproxy(control, name, who.allowed);
  if (proxy.upstream === '') throw wrong(`The proxy ${name} at ${control} has no backend.`);
  return proxy;
}
