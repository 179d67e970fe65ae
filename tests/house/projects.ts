/** Files of small projects for tests. */

/** What a script's test does: asks the target for /hello, and thinks. */
export const visitHello = visitOf('/hello');

function visitOf(path: string): string {
  return `
      const response = await fetch(process.env.MARTEAU_TARGET + '${path}');
      assert.equal(response.status, 200);
      await response.text();
      await think(20);`;
}

/** A project without an app: one test that asks the target for `path`, as two users for two seconds. */
export function plainProject(target: string, more = '', path = '/hello'): Record<string, string> {
  return {
    '.marteau.yml': `name: Plain\nscript: plain.test.ts\ntarget: ${target}\ncycles: 2\nduration: 2s\nramp: 0s\n${more}`,
    'plain.test.ts': scriptOf(visitOf(path)),
  };
}

/** A script with one test of this body; `assert` and `think(ms)` are there. */
export function scriptOf(body: string, top = ''): string {
  return `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as think } from 'node:timers/promises';
${top}
test('the test', async () => {${body}
});
`;
}

/**
 * The fault of examples/redis-blackout, of whose app a busy machine makes a slow one: it may take 20 s to recover.
 * The load lasts until then.
 */
export const patientBlackout = {
  duration: '42s',
  chaos: {
    seed: 42,
    timeline: [
      { at: '16s', for: '5s', proxy: 'redis', behavior: 'blackout', expect: { recoverWithin: '20s' } },
    ],
  },
};
