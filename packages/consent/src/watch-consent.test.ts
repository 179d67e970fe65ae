import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { describe, it } from 'node:test';
import { parseFile, resolveFile } from '@marteau/file';
import { anywhere } from '@marteau/net';
import type { MarteauError } from '@marteau/shared';
import { waitUntil } from '@marteau/testkit';
import type { Decided } from './decide.ts';
import { allows, PROJECT, SERVER, startOwner } from './fixtures/owner.ts';
import { HOLDS_MS, watchConsent } from './watch-consent.ts';

const file = resolveFile(parseFile('script: a.test.ts\ntarget: http://shop.test\ncycles: 5\n').file!).file!;

/** Resolves with why a load was ended once its target says something else, or null where it went on for three looks. */
async function watch(
  says: RequestListener | object | number,
  { first = {}, passes = 0, txt = async (): Promise<string[][]> => [] } = {},
): Promise<string | null> {
  await using owner = await startOwner(says);
  const { v, allow } = allows(first) as never;
  const decided = {
    decision: { target: 'shop.test:80' },
    target: { origin: owner.origin, host: 'shop.test' },
    answer: {
      says: 'yes',
      source: 'file',
      document: { v, allow },
      terms: { rate: null, users: null, nodes: null, unmarked: false, contact: null },
    },
  } as unknown as Decided;
  let [now, looks] = [Date.parse('2026-12-01T09:30:00Z'), 0];
  const ended = Promise.withResolvers<string | null>();
  using _ = watchConsent({
    file,
    decided: [decided],
    settings: {},
    isRequired: true,
    server: SERVER,
    project: PROJECT,
    allowed: anywhere,
    signal: new AbortController().signal,
    everyMs: 1,
    now: () => now,
    async resolveTxt() {
      looks += 1;
      now += passes;
      if (looks === 4) ended.resolve(null);
      return txt();
    },
    onWithdrawn: (error: MarteauError) => ended.resolve(`${error.code}: ${error.message}`),
  });
  return await ended.promise;
}

const failing: RequestListener = (request) => request.socket.destroy();

describe('consent that is asked for again', () => {
  for (const [what, says, options, why] of [
    ['is withdrawn by a file that names nobody', { v: 1, allow: [] }, {}, 'marteau.json names no server'],
    ['is withdrawn by a file that is gone', 404, {}, 'marteau.json answered 404.'],
    ['is withdrawn by a file that is gone for good', 410, {}, 'marteau.json answered 410.'],
    ['is withdrawn by a day that is past', allows({ until: '2026-11-30' }), {}, 'which is past.'],
    [
      'is withdrawn by hours that are over',
      allows({ hours: 'Sat 10:00-11:00 UTC' }),
      {},
      'which is not now.',
    ],
    [
      'is withdrawn by a limit below what the load has',
      allows({ users: 4 }),
      {},
      'allows 4 users at most, and the load has 5 users.',
    ],
    ['holds where the target is in distress', 503, {}, null],
    ['holds where nobody answers', failing, {}, null],
    ['holds where what was there is broken', [], {}, null],
    [
      'holds no longer than ten minutes',
      503,
      { passes: HOLDS_MS / 2 },
      'It could not be asked again for 10 minutes.',
    ],
    [
      'holds no longer than it said',
      503,
      { first: { until: '2026-12-01T09:33:00Z' }, passes: 200_000 },
      'What it said last allowed this server until 2026-12-01T09:33:00Z, which is past.',
    ],
    [
      'moves from the file to the TXT record',
      404,
      { txt: async () => [[`v=marteau1; server=${SERVER}`]] },
      null,
    ],
  ] as const) {
    it(what, async () => {
      const said = await watch(says, options);
      if (why === null) assert.equal(said, null);
      else
        assert.ok(
          said?.startsWith('consent-withdrawn: shop.test:80 does not allow') && said.includes(why),
          `${said}`,
        );
    });
  }

  it('asks nobody of whom nothing was asked, and nobody once it is over', async () => {
    await using owner = await startOwner(allows());
    await using other = await startOwner(allows());
    const watched = (decided: object) =>
      watchConsent({
        file,
        settings: {},
        isRequired: true,
        server: SERVER,
        project: PROJECT,
        allowed: anywhere,
        signal: new AbortController().signal,
        now: Date.now,
        everyMs: 1,
        decided: [decided as Decided],
        onWithdrawn: (error) => assert.fail(error),
      });
    const at = ({ origin }: { origin: string }, answer: object | null) => ({
      decision: { target: 'shop.test:80' },
      target: { origin, host: 'shop.test' },
      answer,
    });
    const yes = { says: 'yes', source: 'file', document: allows(), terms: { unmarked: true } };
    watched(at(owner, yes))[Symbol.dispose]();
    using _nobody = watched(at(owner, null));
    using _other = watched(at(other, yes));
    await waitUntil('the other to be asked', () => other.owner.asked.length > 3);
    assert.deepEqual(owner.owner.asked, []);
  });
});
