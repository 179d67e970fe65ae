import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Redis } from 'ioredis';
import type { LedgerRules } from '../ledger/rules.ts';
import type { ScriptMap } from './script-map.ts';
import { onRedis } from './store-error.ts';

const ROOT = join(import.meta.dirname, '..');
const LIB = 'ledger/scripts/lib.lua';

const source = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** Calls a script by its name: one step, whole or not at all. */
export type RunScript = <N extends keyof ScriptMap>(
  name: N,
  args: ScriptMap[N]['args'],
) => Promise<ScriptMap[N]['result']>;

const commandName = (name: string): string => `marteau:${name}`;

/** Gives a connection the scripts of all folders; each is read once and sent by its hash. */
export function defineScripts(redis: Redis, rules: LedgerRules): RunScript {
  const lib = source(LIB);
  for (const file of globSync('*/scripts/*.lua', { cwd: ROOT }).filter((each) => each !== LIB))
    redis.defineCommand(commandName(basename(file, '.lua')), {
      numberOfKeys: 0,
      lua: `${lib}\n${source(file)}`,
    });
  const commands = redis as unknown as Record<string, (json: string) => Promise<never>>;
  return (name, args) => onRedis(() => commands[commandName(name)]!(JSON.stringify({ ...args, rules })));
}
