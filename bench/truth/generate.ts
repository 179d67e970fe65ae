import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Launch } from '@marteau/launch';
import { launch } from '@marteau/launch';
import { startShare } from '@marteau/load';
import type { Measurements } from '@marteau/measure';
import type { Stage } from '@marteau/shared';
import { processorTime } from '../load/processor-time.ts';
import { makePrompt, PROMPT } from './prompt.ts';

/** A plain test, as anybody would write it. */
const script = `
  import assert from 'node:assert/strict';
  import { test } from 'node:test';
  test('asks', async () => {
    const response = await fetch('/');
    assert.equal(await response.text(), 'ok\\n');
  });
`;

/** Between the start and the load, ms. */
const LEAD_MS = 500;
/** The same load beforehand, unrecorded (`warmup`): code that runs for the first time is no part of what is measured. */
const WARMUP_MS = 4000;

export interface Generated {
  readonly measurements: Measurements;
  /** Processor time of all the generator's threads / time of the load. */
  readonly cores: number;
}

/**
 * Has the engine send requests at a constant rate of the open model, after a warm-up.
 * @param tell is called beforehand with the moment at which the recorded load begins, ms since 1970
 */
export async function generate(
  { url, folder, rate, durationMs }: { url: string; folder: string; rate: number; durationMs: number },
  tell: (begin: number) => void,
): Promise<Generated> {
  const root = await mkdtemp(join(folder, 'truth-'));
  await writeFile(join(root, 'truth.test.ts'), script);
  const step: Stage = {
    index: 0,
    name: `${rate}/s`,
    model: 'open',
    users: null,
    rate: { from: rate, to: rate },
    maxUsers: 2 * rate,
    iterations: null,
    rampMs: 0,
    durationMs,
    recorded: true,
    test: null,
  };
  const warmup: Stage = { ...step, index: 1, name: 'warm-up', durationMs: WARMUP_MS, recorded: false };
  let pid = 0;
  const noticing: Launch = async (request) => {
    const launched = await launch(request);
    pid = launched.pid ?? 0;
    return launched;
  };
  const share = await startShare(
    {
      root,
      wdir: '.',
      script: 'truth.test.ts',
      test: null,
      plan: { steps: [warmup, step] },
      share: { index: 0, of: 1 },
      node: 'bench',
      target: url,
      env: {},
      out: root,
      run: null,
      secrets: [],
      threads: 1,
      options: {
        session: 'iteration',
        connections: 'keep',
        mark: true,
        data: {},
        labels: [],
        expected: [],
        tls: { verify: true, ca: null },
        requestTimeoutMs: 60_000,
      },
    },
    { launch: noticing, signal: new AbortController().signal },
  );
  share.stdout.resume();
  share.stderr.pipe(process.stderr);
  const ready = await share.ready;
  if ('error' in ready) throw ready.error;
  // The thread that paces and the one that sends; the first of the process only counts and reports.
  makePrompt(pid, PROMPT, ['WorkerThread']);
  const start = Date.now() + LEAD_MS;
  const begin = start + WARMUP_MS;
  tell(begin);
  share.start(start);
  // Before its end: a process that has gone has used nothing.
  const cores = await coresBetween(() => pid, begin, begin + durationMs * 0.8);
  const done = await share.done;
  if ('error' in done) throw done.error;
  return { measurements: done.measurements, cores };
}

/** Processor time / time, however late either of its looks comes. */
async function coresBetween(pid: () => number, from: number, to: number): Promise<number> {
  const look = async (moment: number) => {
    await new Promise((done) => setTimeout(done, moment - Date.now()));
    return { used: processorTime(pid()), at: performance.now() };
  };
  const before = await look(from);
  const after = await look(to);
  return (after.used - before.used) / 1000 / (after.at - before.at);
}
