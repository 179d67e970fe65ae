import {
  type Decided,
  type DecideOptions,
  decideAll,
  decisionsOf,
  hostsOf,
  watchConsent,
  whyNotBegin,
} from '@marteau/consent';
import type { ResolvedFile } from '@marteau/file';
import type { EgressLimit } from '@marteau/launch';
import { addressesOf } from '@marteau/net';
import { MarteauError, type TargetDecision } from '@marteau/shared';
import type { Lease } from '@marteau/store';
import type { Context } from '../context.ts';
import type { LeasedJob } from '../lease/leased-job.ts';

/** What was decided of a run's targets. */
export interface DecidedTargets {
  readonly decided: readonly Decided[];
  /** The same, for the record. */
  readonly decisions: TargetDecision[];
}

const EVERY_MS = 60_000;

/**
 * Decides of each place that a run may reach whether this server loads it: before nodes are taken, and again on each
 * node before its load.
 * @throws MarteauError target-blocked, target-denied, consent-missing, consent-beyond, mark-needed; the signal's reason
 */
export async function decideTargets(
  context: Context,
  job: LeasedJob<Lease>,
  file: ResolvedFile,
): Promise<DecidedTargets> {
  await refuseBlocked(context, job, file);
  const decided = await decideAll(file, optionsOf(context, job));
  const decisions = decisionsOf(file, decided);
  const why = whyNotBegin(file, decisions, { isRequired: context.config.outside.consent });
  if (why) throw why;
  return { decided, decisions };
}

/** What was decided, for the report. */
export function consentInWords({ decisions }: DecidedTargets): string {
  return decisions.map(({ target, by, why }) => (by === 'app' ? why : `${target}: ${why}`)).join(' ');
}

/** Requests per second that targets allow, by `host:port`. */
export function ratesOf({ decisions }: DecidedTargets): Record<string, number> {
  return Object.fromEntries(decisions.flatMap(({ target, rate }) => (rate === null ? [] : [[target, rate]])));
}

/** As many connections as our fetch opens for a user and host. */
const CONNECTIONS_PER_USER = 6;
/** What a request may weigh, on average. */
const REQUEST_BYTES = 65_536;
/** Whoever goes by fetch stays below what is refused, also where seconds are cut otherwise. */
const SPARE = 1.25;

/**
 * What targets get at most below the script, from one of so many shares, by `host:port`: who goes by fetch does not
 * meet it. Requests inside TLS cannot be counted there; connections and bytes can.
 */
export function limitsOf({ decisions }: DecidedTargets, shares: number): Record<string, EgressLimit> {
  const part = (amount: number) => Math.ceil((amount * SPARE) / shares);
  return Object.fromEntries(
    decisions
      .filter(({ rate, users }) => rate !== null || users !== null)
      .map(({ target, rate, users }) => [
        target,
        {
          connects: rate === null ? null : part(rate),
          open: users === null ? null : part(users * CONNECTIONS_PER_USER),
          bytes: rate === null ? null : part(rate * REQUEST_BYTES),
        },
      ]),
  );
}

/** Looks each minute whether the load still may be; of several shares, the first does. */
export function watchTargets(
  context: Context,
  job: LeasedJob<Lease>,
  { file, decided }: { file: ResolvedFile; decided: readonly Decided[] },
  onWithdrawn: (error: MarteauError) => void,
): Disposable {
  const over = new AbortController();
  const signal = AbortSignal.any([job.signal, over.signal]);
  const end = (error: MarteauError) => {
    if (!signal.aborted) onWithdrawn(error);
    over.abort();
  };
  watchConsent({ ...optionsOf(context, job), signal, file, decided, onWithdrawn: end, everyMs: EVERY_MS });
  const blocks = setInterval(() => {
    refuseBlocked(context, job, file).catch((error) => {
      if (error instanceof MarteauError && error.code === 'target-blocked') end(error);
    });
  }, EVERY_MS);
  signal.addEventListener('abort', () => clearInterval(blocks), { once: true });
  return { [Symbol.dispose]: () => over.abort() };
}

async function refuseBlocked(
  { store }: Context,
  { run }: LeasedJob<Lease>,
  file: ResolvedFile,
): Promise<void> {
  const hosts = hostsOf(file);
  const block = await store.blocks.find(run.project, hosts, await addressesOf(hosts));
  if (block) throw new MarteauError('target-blocked', { target: block.host, until: block.until });
}

function optionsOf({ config, now }: Context, { run, signal }: LeasedJob<Lease>): DecideOptions {
  return {
    settings: config.outside,
    isRequired: config.outside.consent,
    server: config.url,
    project: run.project,
    allowed: config.network.allowed,
    signal,
    now,
  };
}
