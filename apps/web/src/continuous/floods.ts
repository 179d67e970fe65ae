import { createHash } from 'node:crypto';
import type { ChannelAddress, News } from '@marteau/notify';
import { channelAddress } from './channel-address.ts';
import type { Continuous } from './context.ts';
import { sendNews } from './send-news.ts';

/** What a channel was told within an hour, and what waits to be told together. */
interface Flood {
  /** ms since 1970: when the hour began. */
  readonly since: number;
  readonly count: number;
  /** Titles, the oldest first. */
  readonly held: readonly string[];
  /** How many more there were. */
  readonly more: number;
  readonly channel: Channel;
}

/** A channel as a project names it. Its address is a secret, and is looked up when it is wanted. */
export interface Channel {
  /** The project's address. */
  readonly project: string;
  readonly name: string;
}

const HOUR_MS = 3_600_000;
/** More than that nobody reads. */
const MOST_AN_HOUR = 20;
const MOST_HELD = 20;
const TURN_MS = 60_000;
const INDEX = 'flooded channels';

/**
 * Whether a channel has been told enough for an hour: then this is told with what else comes, once the hour is over.
 * Everything counts that is asked about here.
 */
export async function isHeld(
  { store, now }: Continuous,
  { channel, address, title }: { channel: Channel; address: ChannelAddress; title: string },
): Promise<boolean> {
  const key = keyOf(address);
  const held = await store.turns.alone(`flood ${key}`, TURN_MS, async () => {
    const flood = await floodOf({ store }, key);
    const begins = flood === null || (now() - flood.since > HOUR_MS && flood.held.length === 0);
    const fresh: Flood = begins ? { since: now(), count: 0, held: [], more: 0, channel } : flood;
    const isFull = fresh.count >= MOST_AN_HOUR;
    const kept = isFull && fresh.held.length < MOST_HELD;
    await store.turns.leave(
      `flood ${key}`,
      JSON.stringify({
        ...fresh,
        count: fresh.count + 1,
        held: kept ? [...fresh.held, title] : fresh.held,
        more: fresh.more + (isFull && !kept ? 1 : 0),
      } satisfies Flood),
    );
    if (isFull && fresh.held.length === 0) await remember({ store }, (keys) => [...keys, key]);
    return isFull;
  });
  // Somebody else asks at this moment: one too many is better than one that is lost.
  return held ?? false;
}

/** Tells channels together what they were not told one by one, once their hour is over. */
export async function digestRound(context: Continuous): Promise<void> {
  const { store, now } = context;
  for (const key of await keysOf(context)) {
    await store.turns.alone(`flood ${key}`, TURN_MS, async () => {
      const flood = await floodOf(context, key);
      if (flood !== null && now() - flood.since <= HOUR_MS) return;
      if (flood !== null && flood.held.length > 0) {
        const found = await channelAddress(context, flood.channel.project, flood.channel.name);
        const sent = 'why' in found ? null : await sendNews(context, digestOf(flood, context), found.address);
        if (sent?.outcome === 'later') return;
        await store.turns.leave(
          `flood ${key}`,
          JSON.stringify({ ...flood, since: now(), count: 1, held: [], more: 0 }),
        );
      }
      await remember(context, (keys) => keys.filter((one) => one !== key));
    });
  }
}

function digestOf({ held, more }: Flood, { url, now }: Continuous): News {
  const at = new Date(now()).toISOString();
  const all = held.length + more;
  return {
    id: `digest ${at}`,
    outcome: 'digest',
    name: 'Marteau',
    title: `${all} more within an hour`,
    sentence: [...held, ...(more > 0 ? [`and ${more} more`] : [])].join('\n'),
    facts: [],
    url: `${url}/runs`,
    data: { digest: held, more },
    at,
  };
}

/** The address is a secret, and names of keys are none. */
function keyOf({ url }: ChannelAddress): string {
  return createHash('sha256').update(`channel ${url}`).digest('hex').slice(0, 16);
}

async function floodOf({ store }: Pick<Continuous, 'store'>, key: string): Promise<Flood | null> {
  const left = await store.turns.left(`flood ${key}`);
  return left === null ? null : (JSON.parse(left) as Flood);
}

async function keysOf({ store }: Pick<Continuous, 'store'>): Promise<string[]> {
  return JSON.parse((await store.turns.left(INDEX)) ?? '[]') as string[];
}

async function remember(
  { store }: Pick<Continuous, 'store'>,
  change: (keys: string[]) => string[],
): Promise<void> {
  await store.turns.alone(INDEX, TURN_MS, async () =>
    store.turns.leave(INDEX, JSON.stringify([...new Set(change(await keysOf({ store })))])),
  );
}
