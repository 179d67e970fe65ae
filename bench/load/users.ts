import { setTimeout as sleep } from 'node:timers/promises';
import { startMarteau } from './marteau.ts';
import type { Target } from './nginx.ts';
import { residentMemory } from './processor-time.ts';

export const USERS = 10_000;
const RAMP_MS = 12_000;

/** Each user asks once in ten seconds. */
const script = (url: string) => `
  import { test } from 'node:test';
  import assert from 'node:assert/strict';
  import { setTimeout as think } from 'node:timers/promises';
  test('home', async () => {
    const response = await fetch('${url}');
    assert.equal(response.status, 200);
    await think(10_000);
  });`;

/** What so many users need over one user, in bytes each: connections, cookies and instances of the script included. */
export async function bytesPerUser({ http }: Target, folder: string): Promise<number> {
  const memory = async (users: number) => {
    await using program = await startMarteau({
      url: http,
      folder,
      script: script(`${http}/`),
      users,
      rampMs: RAMP_MS,
    });
    await sleep(RAMP_MS + 12_000);
    return residentMemory(program.pid);
  };
  const one = await memory(1);
  return ((await memory(USERS)) - one) / USERS;
}
