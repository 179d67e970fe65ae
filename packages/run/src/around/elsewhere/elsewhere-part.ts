import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hostInUrl, isLoopback } from '@marteau/net';
import { MarteauError } from '@marteau/shared';
import type { AroundPart } from '../part.ts';
import { knock } from './knock.ts';
import { type Surroundings, thisMachine } from './surroundings.ts';

/**
 * What stands on another node of the run, for one that generates load: found in the environment as if it stood here.
 * @param me this node's name
 */
export function elsewherePart(there: Surroundings, me: string, machine = thisMachine()): AroundPart {
  const isHere = there.machine === machine;
  const host = hostInUrl(there.address);
  const seenFromHere = (text: string): string =>
    isHere
      ? text
      : there.doors.reduce((seen, { at }) => seen.replaceAll(at, at.replace('127.0.0.1', host)), text);
  return {
    name: 'elsewhere',
    async start({ places, signal, phase, network }) {
      phase.say('looking for what stands around the load');
      await network.allow(there.doors.map(({ at }) => seenFromHere(at)));
      for (const { what, at } of there.doors) {
        const where = seenFromHere(at);
        const why = await knock(where, signal);
        if (why !== null)
          throw new MarteauError('not-reached', {
            node: me,
            what,
            at: where,
            of: there.node,
            why,
            loopback: !isHere && isLoopback(there.address),
          });
      }
      const paths = new Map<string, string>();
      for (const [n, [path, text]] of Object.entries(there.files).entries()) {
        const own = join(places.temp, `around-${n}.pem`);
        await writeFile(own, text, { flag: 'wx' });
        paths.set(path, own);
      }
      const env = Object.entries(there.env).map(
        ([name, value]) => [name, paths.get(value) ?? seenFromHere(value)] as const,
      );
      return {
        env: withoutProxy(Object.fromEntries(env), there.address),
        ...(there.target !== null && { target: seenFromHere(there.target) }),
        facts: {},
        stop: async () => {},
      };
    },
  };
}

/** Where a stand-in is the proxy of all that a script asks, what stands beside it is still asked directly. */
function withoutProxy(env: Record<string, string>, address: string): Record<string, string> {
  const named = ['NO_PROXY', 'no_proxy'].flatMap((name) =>
    env[name] === undefined ? [] : [[name, `${env[name]},${address}`]],
  );
  return { ...env, ...Object.fromEntries(named) };
}
