import type { Allowed } from '@marteau/net';
import { findBehavior } from '../behaviors/index.ts';
import { readOptions } from '../behaviors/options.ts';
import { type Ask, askAt } from '../client/ask.ts';
import { thereAre, wrong } from '../wrong.ts';
import type { SteeredProxy } from './steered-proxy.ts';

interface Shown {
  upstream: string;
  enabled: boolean;
  toxics: { name: string }[];
}

const known = ['latency', 'bandwidth', 'slow_close', 'timeout', 'reset_peer', 'slicer', 'limit_data', 'down'];

/** No run makes more; what a server lists that is none may be without end. */
const MOST_TOXICS = 1000;

/** Where the unit of a toxic's attribute is not that in which our behaviours are told. */
const attributeUnits: Readonly<Record<string, number>> = { rate: 1 / 1000 };

/**
 * A Toxiproxy. Its toxics know no lease: they bear names by which whoever finds them knows that a run has left them.
 * @param url its HTTP API
 * @throws chaos-control-failed when it cannot be reached or has no such proxy
 */
export async function steerToxiproxy(url: string, name: string, allowed?: Allowed): Promise<SteeredProxy> {
  const ask = askAt(url, { allowed });
  const path = pathOf(name);
  const before = (await ask('GET', path)) as Shown;
  await removeLeft(ask, path, before);
  return {
    name,
    upstream: before.upstream,
    protocol: 'tcp',
    prior: { kind: 'toxiproxy', control: url, proxy: name, enabled: before.enabled },
    async break({ name: fault, behavior, options, probability, direction, match }) {
      if (!known.includes(behavior))
        throw wrong(`Toxiproxy has no '${behavior}'. ${thereAre('It has', known, behavior)}`);
      if (match && Object.keys(match).length > 0)
        throw wrong(
          `Toxiproxy knows no requests, so it cannot match any. Use a Marteau proxy, or leave match out.`,
        );
      if (behavior === 'down') {
        await ask('POST', path, { enabled: false });
        return;
      }
      const attributes = attributesOf(behavior, options ?? {});
      for (const stream of streamsOf(direction)) {
        const toxic = {
          name: `${fault}-${stream}`,
          type: behavior,
          stream,
          toxicity: probability ?? 1,
          attributes,
        };
        await ask('POST', `${path}/toxics`, toxic);
      }
    },
    async heal({ name: fault, behavior, direction }) {
      if (behavior === 'down') {
        await ask('POST', path, { enabled: before.enabled });
        return;
      }
      for (const stream of streamsOf(direction)) await ask('DELETE', `${path}/toxics/${fault}-${stream}`);
    },
    restore: () => restoreToxiproxy(ask, name, before.enabled),
    passed: async () => null,
  };
}

/** Takes off the toxics of runs, and has it listen, or not, as before. @throws chaos-control-failed */
export async function restoreToxiproxy(ask: Ask, name: string, enabled: boolean): Promise<void> {
  const path = pathOf(name);
  const now = (await ask('GET', path)) as Shown;
  await removeLeft(ask, path, now);
  if (now.enabled !== enabled) await ask('POST', path, { enabled });
}

function pathOf(name: string): string {
  return `/proxies/${encodeURIComponent(name)}`;
}

/** Takes off what a run left that was killed. */
async function removeLeft(ask: Ask, path: string, { toxics }: Shown): Promise<void> {
  for (const { name } of toxics.slice(0, MOST_TOXICS))
    if (/^marteau-\d+-/.test(name)) await ask('DELETE', `${path}/toxics/${name}`);
}

function streamsOf(direction = 'both'): string[] {
  return direction === 'both' ? ['upstream', 'downstream'] : [direction];
}

function attributesOf(behavior: string, given: Readonly<Record<string, unknown>>): Record<string, number> {
  const options = readOptions(behavior, findBehavior(behavior).options, given) as Record<string, number>;
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, Math.round(value * (attributeUnits[name] ?? 1))]),
  );
}
