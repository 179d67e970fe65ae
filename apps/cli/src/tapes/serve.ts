import { once } from 'node:events';
import {
  proxyEnvironment,
  type StandIn,
  type StandInOptions,
  startStandIn,
  writeTrustFiles,
} from '@marteau/replay';
import { isMarteauError } from '@marteau/shared';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { World } from '../world.ts';
import { wrong } from './stand-in-options.ts';

/** Runs a stand-in until Ctrl-C, tells how it is reached, and sums up at the end. */
export async function serve(
  file: string | undefined,
  read: (file: string) => StandInOptions,
  world: World,
): Promise<ExitCode> {
  try {
    if (file === undefined) throw wrong('Name the tape: a .rec or a .har file.');
    await using stack = new AsyncDisposableStack();
    const standIn = stack.use(
      await startStandIn({ ...read(file), onEvent: ({ sentence }) => world.err(`${sentence}\n`) }),
    );
    const trust = standIn.authority && stack.use(await writeTrustFiles(standIn.authority));
    for (const note of standIn.notes) world.err(`${note}\n`);
    tellHow(standIn, read(file).server ?? null, trust, world);
    await ended(world);
    return summary(standIn, world);
  } catch (error) {
    if (isMarteauError(error, 'tape-wrong')) {
      world.err(`${error.message}\n`);
      return exitCodes.file;
    }
    if (!isMarteauError(error, 'replay-wrong')) throw error;
    world.err(`${error.message}\n`);
    return exitCodes.usage;
  }
}

function tellHow(
  { url, authority }: StandIn,
  server: string | null,
  trust: { cert: string; bundle: string } | null,
  world: World,
): void {
  if (server !== null) {
    const address = authority === null ? url : `${url} (and ${url.replace('http:', 'https:')})`;
    world.err(`listening on ${address} in place of ${server}\n`);
    if (trust) world.err(`Clients by https: trust ${trust.cert}\n`);
    return;
  }
  world.err(`listening on ${url} as a proxy. Start programs with:\n`);
  for (const [name, value] of Object.entries(proxyEnvironment(url, trust))) {
    world.out(`export ${name}='${value}'\n`);
  }
}

function summary({ counts }: StandIn, world: World): ExitCode {
  const { calls, replayed, recorded, unmatched, differing } = counts;
  const parts = [
    `${calls} calls`,
    ...(replayed > 0 ? [`${replayed} from the tape`] : []),
    ...(recorded > 0 ? [`${recorded} recorded`] : []),
    ...(unmatched > 0 ? [`${unmatched} not on the tape`] : []),
    ...(differing > 0 ? [`${differing} answered otherwise`] : []),
  ];
  world.err(`${parts.join(', ')}\n`);
  return differing > 0 || (unmatched > 0 && recorded === 0) ? exitCodes.fail : exitCodes.pass;
}

async function ended({ enough, signal }: World): Promise<void> {
  const over = AbortSignal.any([enough, signal]);
  if (!over.aborted) await once(over, 'abort');
}
