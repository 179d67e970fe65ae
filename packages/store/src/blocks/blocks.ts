import { createHash } from 'node:crypto';
import { type Static, Type } from 'typebox';
import type { Context } from '../context.ts';
import { createRecords } from '../records/records.ts';
import { redisKeys } from '../redis/keys.ts';

/** The owner of a target has stopped a load: for a while nothing of that project goes there. */
export const Block = Type.Object({
  v: Type.Literal(1),
  id: Type.String({ pattern: '^b[0-9a-f]{24}$' }),
  project: Type.String({ description: 'normalised URL' }),
  host: Type.String({ description: 'of the target' }),
  addresses: Type.Optional(
    Type.Array(Type.String(), { description: 'IP addresses of the target when it was stopped' }),
  ),
  run: Type.String({ description: 'the run that was stopped' }),
  at: Type.String({ description: 'ISO 8601' }),
  until: Type.String({ description: 'ISO 8601' }),
});
export type Block = Static<typeof Block>;

export const BLOCK_FORMAT = { schema: Block, version: 1, upgrades: {} } as const;

/** So long a block holds unless it is lifted. */
const BLOCK_MS = 86_400_000;

/** Targets to which projects may not go, because their owners said so. */
export interface Blocks {
  /** Blocks a project for a host, for a day from now on. */
  set(block: Pick<Block, 'project' | 'host' | 'run' | 'addresses'>): Promise<Block>;
  /**
   * Whether a project is blocked for any of these hosts, by its name or by an address of it, so that no other name leads
   * there; null for none.
   * @param addresses of these hosts
   */
  find(project: string, hosts: readonly string[], addresses?: readonly string[]): Promise<Block | null>;
  /** Those that hold, the latest first. */
  list(): Promise<Block[]>;
  /** @returns what it was; null where there is none */
  lift(id: string): Promise<Block | null>;
}

/** @param folder absolute, in the data folder */
export function createBlocks(
  { redis, script, clock }: Pick<Context, 'redis' | 'script' | 'clock'>,
  folder: string,
): Blocks & { fill(): Promise<string[]> } {
  const kind = { hash: redisKeys.records('blocks'), folder, format: BLOCK_FORMAT };
  const records = createRecords({ redis, script }, kind);
  const holds = ({ until }: Block) => Date.parse(until) > clock.now();
  return {
    async set(what) {
      const now = clock.now();
      const [at, until] = [now, now + BLOCK_MS].map((ms) => new Date(ms).toISOString()) as [string, string];
      const block: Block = { v: 1, id: idOf(what), ...what, at, until };
      await records.put(block.id, block);
      return block;
    },
    async find(project, hosts, addresses = []) {
      const found = await Promise.all(hosts.map((host) => records.get(idOf({ project, host }))));
      const byName = found.find((block) => block !== null && holds(block));
      if (byName || addresses.length === 0) return byName ?? null;
      const { records: all } = await records.list();
      const isThere = (block: Block) => block.addresses?.some((address) => addresses.includes(address));
      return all.find((block) => block.project === project && holds(block) && isThere(block)) ?? null;
    },
    async list() {
      const all = (await records.list()).records;
      for (const old of all.filter((block) => !holds(block))) await records.remove(old.id);
      return all.filter(holds).toSorted((a, b) => b.at.localeCompare(a.at));
    },
    async lift(id) {
      const block = await records.get(id);
      if (block !== null) await records.remove(id);
      return block !== null && holds(block) ? block : null;
    },
    fill: records.fill,
  };
}

/** One for each project and host. */
function idOf({ project, host }: Pick<Block, 'project' | 'host'>): string {
  return `b${createHash('sha256').update(`${host} ${project}`).digest('hex').slice(0, 24)}`;
}
