import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Ground, openGround } from '../queue/ground.ts';
import { lineEntry, submission } from '../queue/runs.ts';

const SHARES = 8;
const RUNS_PER_ROUND = 20;

interface Skews {
  /** Of each run: by how many ms the last share started after the first one. */
  shares: number[];
  /** The same of a timer in the same processes, with nothing of ours around it: what the machine adds. */
  timers: number[];
}

/** Starts runs over eight nodes, each a process of its own. */
export async function startSkews(rounds: number, say: (line: string) => void): Promise<Skews> {
  await using ground = await openGround();
  const store = await ground.open('worker');
  const nodes = Array.from({ length: SHARES }, (_, n) => startNode(ground, `n${n + 1}`));
  try {
    await Promise.all(nodes.map(({ listening }) => listening));
    const skews: Skews = { shares: [], timers: [] };
    for (let round = 0; round < rounds; round++) {
      say(`starting ${RUNS_PER_ROUND} runs on ${SHARES} nodes, round ${round + 1} of ${rounds}`);
      for (let n = 0; n < RUNS_PER_ROUND; n++) {
        const { id } = await store.runs.submit(submission(n));
        const { lease } = await store.ledger.beginPrepare(
          { runId: id, try: 1 },
          { node: 'clerk', boot: 'clerk' },
        );
        const started = Promise.all(nodes.map((node) => node.started(id)));
        await store.ledger.enterLine(lease!, { ...lineEntry(n), demand: SHARES });
        const missed = await started;
        skews.shares.push(spread(missed.map(({ missedBy }) => missedBy)));
        skews.timers.push(spread(missed.map(({ timerMissedBy }) => timerMissedBy)));
      }
    }
    return skews;
  } finally {
    await Promise.all(nodes.map((node) => node.stop()));
    await store.close();
  }
}

const spread = (values: number[]): number => Math.max(...values) - Math.min(...values);

/** By how many ms a start was missed, and a timer alone. */
interface Missed {
  missedBy: number;
  timerMissedBy: number;
}

interface BenchNode {
  listening: Promise<unknown>;
  /** @throws when the node ends before */
  started(run: string): Promise<Missed>;
  stop(): Promise<void>;
}

function startNode({ redisUrl, dataFolder }: Ground, name: string): BenchNode {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'share.ts'), redisUrl, dataFolder, name], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const listening = Promise.withResolvers<void>();
  const waiting = new Map<string, PromiseWithResolvers<Missed>>();
  createInterface(child.stdout).on('line', (line) => {
    if (line === 'listening') return listening.resolve();
    const { run, ...missed } = JSON.parse(line) as Missed & { run: string };
    waiting.get(run)?.resolve(missed);
    waiting.delete(run);
  });
  child.once('exit', () => {
    const error = new Error(`the node ${name} ended; the lines above say why`);
    listening.reject(error);
    for (const each of waiting.values()) each.reject(error);
  });
  return {
    listening: listening.promise,
    started(run) {
      const started = Promise.withResolvers<Missed>();
      waiting.set(run, started);
      return started.promise;
    },
    stop: () => stop(child),
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
