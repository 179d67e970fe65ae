import { resolve } from 'node:path';
import { type Mode, modes, type StandInOptions } from '@marteau/replay';
import { nearest } from '@marteau/shared';
import type { Call, Command } from '../command.ts';
import { serve } from '../tapes/serve.ts';
import { commonOptions, readCommon, wrong } from '../tapes/stand-in-options.ts';

/** Plays a tape until Ctrl-C. */
export const replay: Command = {
  name: 'replay',
  about: 'Play a tape in place of the servers that were recorded.',
  usage:
    'TAPE.REC|TAPE.HAR [--server URL] [--listen HOST:PORT] [--mode replay|replayOrRecord|diff|record|off] [--latency recorded|none|0.5] [--header NAME]… [--unmatched fail|pass] [--cycle]',
  options: {
    ...commonOptions,
    mode: { type: 'string' },
    latency: { type: 'string' },
    header: { type: 'string', multiple: true },
    unmatched: { type: 'string' },
    cycle: { type: 'boolean' },
  },
  maxArguments: 1,
  run: (call, world) =>
    serve(
      call.arguments[0],
      (file) => ({
        ...readCommon(call, world.cwd),
        ...readReplay(call),
        file: resolve(world.cwd, file),
      }),
      world,
    ),
};

function readReplay({
  options,
}: Call): Pick<StandInOptions, 'mode' | 'latency' | 'headers' | 'unmatched' | 'repeats'> {
  return {
    mode: oneOf<Mode>('mode', modes, options.mode ?? 'replay'),
    latency: readLatency(options.latency ?? 'recorded'),
    headers: (options.header as string[] | undefined) ?? [],
    unmatched: oneOf<'fail' | 'pass'>('unmatched', ['fail', 'pass'], options.unmatched ?? 'fail'),
    repeats: options.cycle === true ? 'cycle' : 'stay',
  };
}

function oneOf<T extends string>(name: string, known: readonly T[], written: Call['options'][string]): T {
  const found = known.find((each) => each === written);
  if (found !== undefined) return found;
  const near = nearest(String(written), known);
  throw wrong(
    `--${name} is '${written}'. It takes ${known.join(', ')}.${near ? ` Did you mean ${near}?` : ''}`,
  );
}

function readLatency(written: Call['options'][string]): number {
  if (written === 'recorded') return 1;
  if (written === 'none') return 0;
  const times = Number(written);
  if (times >= 0 && times <= 1000) return times;
  throw wrong(`--latency is '${written}'. It takes recorded, none, or how many times the recorded one: 0.5.`);
}
