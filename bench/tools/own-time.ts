import { createReadStream } from 'node:fs';
import { resolveFile } from '@marteau/file';
import { labeller, type Measurements } from '@marteau/measure';
import { recordedEngine } from '@marteau/run';
import type { Share, Stage } from '@marteau/shared';
import type { Format } from '@marteau/tools';

const stage: Stage = {
  index: 0,
  name: 'all',
  model: 'closed',
  users: { from: 1, to: 1 },
  rate: null,
  maxUsers: null,
  iterations: null,
  rampMs: 0,
  durationMs: 0,
  recorded: true,
  test: null,
};

const { file } = resolveFile({ script: 'shop.js', runner: 'k6', target: 'http://127.0.0.1' });

export interface ReadAgain {
  readonly measurements: Measurements;
  /** Processor time of reading and recording, s. */
  readonly seconds: number;
}

/** Reads what a tool has written once more, by the way that a run takes, and says what that costs. */
export async function readAgain(
  format: Format,
  pieces: AsyncIterable<Buffer>,
  startedAt: number,
): Promise<ReadAgain> {
  const engine = recordedEngine({
    name: 'again',
    plan: async () => ({ plan: null, lengthMs: null }),
    async generate(_share, running, observe) {
      await running.begin();
      observe({ type: 'stage', stage, at: 0 });
      const reader = format.reader(observe, { startedAt, fold: labeller([]), expected: new Set() });
      for await (const piece of pieces) reader.write(piece);
      reader.end();
      return { version: '', startedAt, cpuSeconds: 0 };
    },
  });
  const before = process.cpuUsage();
  const share: Share = { index: 0, of: 1 };
  const measurements = await engine.run({ share, node: 'bench', plan: null, file } as never, {
    launch: undefined as never,
    signal: new AbortController().signal,
    onMessage() {},
    read: async () => {},
    begin: async () => startedAt,
    onStart() {},
  });
  const { user, system } = process.cpuUsage(before);
  return { measurements, seconds: (user + system) / 1e6 };
}

/** The pieces of a file, as they are read of one that grows. */
export const piecesOf = (path: string): AsyncIterable<Buffer> =>
  createReadStream(path, { highWaterMark: 1 << 18 });

/** Lines of vegeta's CSV: so many requests in so many seconds. */
export async function* attack(requests: number, seconds: number, startedAt: number): AsyncGenerator<Buffer> {
  const PER_PIECE = 2000;
  for (let n = 0; n < requests; n += PER_PIECE) {
    let text = '';
    for (let i = n; i < Math.min(requests, n + PER_PIECE); i += 1) {
      const at = Math.round((startedAt + (i / requests) * seconds * 1000) * 1000);
      text += `${at}000,200,${1_000_000 + ((i * 7919) % 50_000_000)},0,12,,,n,${i},GET,http://h/a/${i % 7},\n`;
    }
    yield Buffer.from(text);
  }
}
