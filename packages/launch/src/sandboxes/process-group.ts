import { killMarked, killMarkedUntilGone, newMark } from '../leftovers.ts';
import type { Command, Enclosure, Sandbox } from './sandbox.ts';

/**
 * A process group and a mark in the environment, for where no namespace is permitted. Weaker: a program that
 * leaves the group and clears its environment survives, and after a SIGKILL of the starter all of it lives until
 * `sweepLeftovers` runs at the next start.
 */
export const processGroup: Sandbox = {
  name: 'process-group',
  isSealed: false,
  isAvailable: () => true,
  enclose,
};

function enclose({ file, args, env }: Command): Enclosure {
  const mark = newMark();
  return {
    command: { file, args, env: { ...env, ...mark } },
    terminate: (leader) => sendToGroup(leader, 'SIGTERM'),
    kill(leader) {
      sendToGroup(leader, 'SIGKILL');
      killMarked(mark);
    },
    clear(leader) {
      sendToGroup(leader, 'SIGKILL');
      return killMarkedUntilGone(mark);
    },
  };
}

function sendToGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // the group is empty
  }
}
