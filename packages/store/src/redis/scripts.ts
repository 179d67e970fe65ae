import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import type { LedgerRules } from '../ledger/rules.ts';
import type { ScriptMap } from './script-map.ts';
import { onRedis } from './store-error.ts';

const folders = {
  ledger: [
    'submit',
    'begin-job',
    'enter-line',
    'pass-preflight',
    'allot',
    'check-share',
    'check-job',
    'ready',
    'surround',
    'others',
    'leave-share',
    'leave-job',
    'end',
    'doom',
    'cancel',
    'stop',
    'phase',
    'reap',
    'wake-all',
    'join',
    'beat',
    'set-node',
    'test-node',
    'leave-node',
    'place',
  ],
  runs: ['close', 'remove', 'restore'],
  events: ['append'],
  outbox: ['claim', 'settle'],
  jobs: ['search'],
} as const satisfies Record<string, readonly (keyof ScriptMap)[]>;

const source = (folder: string, name: string): string =>
  readFileSync(new URL(`../${folder}/scripts/${name}.lua`, import.meta.url), 'utf8');

/** Calls a script by its name: one step, whole or not at all. */
export type RunScript = <N extends keyof ScriptMap>(
  name: N,
  args: ScriptMap[N]['args'],
) => Promise<ScriptMap[N]['result']>;

const commandName = (name: string): string => `marteau:${name}`;

/** Gives a connection the scripts; each is read once and sent by its hash. */
export function defineScripts(redis: Redis, rules: LedgerRules): RunScript {
  const lib = source('ledger', 'lib');
  for (const [folder, names] of Object.entries(folders))
    for (const name of names)
      redis.defineCommand(commandName(name), { numberOfKeys: 0, lua: `${lib}\n${source(folder, name)}` });
  const commands = redis as unknown as Record<string, (json: string) => Promise<never>>;
  return (name, args) => onRedis(() => commands[commandName(name)]!(JSON.stringify({ ...args, rules })));
}
