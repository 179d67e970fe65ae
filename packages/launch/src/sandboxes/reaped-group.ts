import { readFileSync } from 'node:fs';
import { tool } from '../find-program.ts';
import { PRCTL } from './confine.ts';
import { awaitOrders, ordersFor } from './orders.ts';
import { processGroup } from './process-group.ts';
import type { Sandbox } from './sandbox.ts';

const SCRIPT = readFileSync(new URL('reap.pl', import.meta.url), 'utf8');

/**
 * A process group below a process that ends last: what leaves the group and clears its environment comes back to that
 * one, and ends with it, and with us.
 *
 *     we ──▶ perl: waits, adopts, kills ──▶ the entrance ─exec─▶ sh: asks for its orders ─exec─▶ the program
 *
 * As in a namespace, the program's environment is given once the entrance is behind it.
 * @param entrance a program and its arguments that becomes what follows; of its descriptors those up to `descriptor`
 *   are needed
 */
export function reapedGroup(name: string, entrance: (descriptor: number) => readonly string[]): Sandbox {
  return {
    ...processGroup,
    name,
    enclose(command, descriptor) {
      const inside = [...entrance(descriptor), tool('sh'), '-c', awaitOrders(descriptor)];
      const file = tool('perl');
      const args = ['-e', SCRIPT, String(PRCTL[process.arch]), String(process.pid), ...inside];
      const group = processGroup.enclose({ file, args, env: {} }, descriptor);
      const env = { ...command.env, ...group.command.env };
      return {
        ...group,
        orders: ordersFor({ ...command, env }, tool('env')),
        kill: (leader) => {
          try {
            process.kill(leader, 'SIGUSR1');
          } catch {} // it has ended
        },
      };
    },
  };
}
