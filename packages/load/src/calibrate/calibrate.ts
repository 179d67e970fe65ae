import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { searchPlan } from '@marteau/file';
import type { Launch } from '@marteau/launch';
import type { CapacitySearch, EngineMessage } from '@marteau/measure';
import { formatRate } from '@marteau/shared';
import { startShare } from '../share/start-share.ts';
import { startTarget } from './start-target.ts';

export interface CalibrateOptions {
  readonly launch: Launch;
  /** Ends it; then `calibrate` rejects with its reason. */
  readonly signal: AbortSignal;
  /** Worker threads; by default as many as a run would have. */
  readonly threads?: number;
  /** The lowest and the highest rate to try, per second. */
  readonly rate?: { readonly from: number; readonly to: number };
  /** How long each rate is tried, ms: whole seconds, at least 2. */
  readonly forMs?: number;
  /** Says which rate is being tried, and what each second of it was like. */
  readonly onMessage?: (message: EngineMessage) => void;
}

/** What a node can honestly generate: with nothing to wait for, and nothing in the answers to look at. */
export interface Calibration {
  /** Requests per second that it kept up with for certain, and at which it first did not; null where there is none. */
  readonly holds: number | null;
  readonly breaks: number | null;
  readonly threads: number;
  readonly probes: CapacitySearch['probes'];
  /** For a person. */
  readonly sentence: string;
}

const script = fileURLToPath(new URL('./script.ts', import.meta.url));
const MOST_USERS = 400;
const DEFAULT_RATE = { from: 500, to: 64_000 };
const DEFAULT_FOR_MS = 3000;

/**
 * Measures what this machine can generate before it, and not the target, shapes the numbers: a plain test with one
 * request, at rising rates of the open model, against a target of its own that answers at once. Takes about a minute.
 * The target runs on the same machine, so that what is found is rather too low than too high.
 * @throws MarteauError engine-*; the signal's reason
 */
export async function calibrate({
  launch,
  signal,
  threads,
  rate = DEFAULT_RATE,
  forMs = DEFAULT_FOR_MS,
  onMessage,
}: CalibrateOptions): Promise<Calibration> {
  const out = await mkdtemp(join(tmpdir(), 'marteau-calibrate-'));
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  try {
    const target = await startTarget(launch, either, out);
    const share = await startShare(
      {
        root: dirname(script),
        wdir: '.',
        script: basename(script),
        test: null,
        plan: searchPlan({ rate, forMs, maxUsers: MOST_USERS }),
        share: { index: 0, of: 1 },
        node: 'calibration',
        target,
        env: {},
        out,
        run: null,
        secrets: [],
        ...(threads === undefined ? {} : { threads }),
        options,
      },
      { launch, signal: either, ...(onMessage ? { onMessage } : {}) },
    );
    share.stdout.resume();
    share.stderr.resume();
    const ready = await share.ready;
    if ('error' in ready) throw ready.error;
    share.start();
    const done = await share.done;
    if ('error' in done) throw done.error;
    const { search, generator } = done.measurements;
    const { holds, breaks, probes } = search!;
    return { holds, breaks, probes, threads: generator.threads, sentence: sentenceOf(search!, generator) };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    over.abort();
    await rm(out, { recursive: true, force: true });
  }
}

const options: Parameters<typeof startShare>[0]['options'] = {
  load: { kind: 'find', while: [] },
  session: 'iteration',
  connections: 'keep',
  mark: true,
  labels: [],
  data: {},
  expected: [],
  tls: { verify: true, ca: null },
  requestTimeoutMs: 60_000,
};

function sentenceOf({ holds, breaks }: CapacitySearch, { threads }: { threads: number }): string {
  const by = `${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  if (holds === null)
    return `This node does not keep up with ${formatRate(breaks)} with ${by}. Something else keeps it busy, or it is too small to generate load.`;
  const most = breaks === null ? ', the most that was tried' : `, and no more at ${formatRate(breaks)}`;
  return `This node generates ${formatRate(holds)} for certain with ${by}${most}.`;
}
