import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Stage } from '@marteau/shared';
import { type Change, changed } from './change.ts';
import { DueArrivals, openStages } from './due-arrivals.ts';
import { presencesOf, Stays } from './presence.ts';
import { schedule } from './schedule.ts';

const closed: Stage = {
  index: 0,
  name: '10 users',
  model: 'closed',
  users: { from: 10, to: 10 },
  rate: null,
  maxUsers: null,
  iterations: null,
  rampMs: 2000,
  durationMs: 20_000,
  recorded: true,
  test: null,
};
const open: Stage = {
  ...closed,
  name: '50/s',
  model: 'open',
  users: null,
  rate: { from: 50, to: 50 },
  maxUsers: 100,
  rampMs: 0,
};
const alone = { share: { index: 0, of: 1 }, thread: { index: 0, of: 1 } };

function change(stages: Stage[], asked: Change) {
  const result = changed(schedule(stages, 0), asked, 9);
  assert.ok('scheduled' in result, JSON.stringify(result));
  const told = result.scheduled.map(({ stage, at, begin, end }) => [stage.index, stage.name, at, begin, end]);
  return { ...result, told };
}

const dueOf = (due: DueArrivals, until = Number.POSITIVE_INFINITY): number[] => {
  const found: number[] = [];
  for (; due.due < until; due.advance()) found.push(due.due);
  return found;
};

describe('a change of a stage that is running', () => {
  test('more users: those who are there stay, the others come', () => {
    const { scheduled, told, said } = change([closed], { at: 10_000, users: 15 });
    assert.deepEqual(told, [
      [0, '10 users', 0, 2000, 10_000],
      [9, '15 users (changed)', 10_000, 10_000, 22_000],
    ]);
    assert.equal(said, 'At 10 s the load was changed: 15 users in place of 10.');
    assert.deepEqual(presencesOf(3, scheduled), [{ comes: 600, goes: 22_000 }]);
    assert.deepEqual(presencesOf(12, scheduled), [{ comes: 10_000, goes: 22_000 }]);
  });

  test('fewer users: the others go then', () => {
    const { scheduled } = change([closed], { at: 10_000, users: 2 });
    assert.deepEqual(presencesOf(1, scheduled), [{ comes: 200, goes: 22_000 }]);
    assert.deepEqual(presencesOf(5, scheduled), [{ comes: 1000, goes: 10_000 }]);
  });

  test('who is there while users come by and by, or leave, stays for as long as before', () => {
    const ranges = [
      [0, 100],
      [3, 71],
      [100, 0],
      [57, 9],
    ] as const;
    for (const [from, to] of ranges) {
      const stage: Stage = { ...closed, users: { from, to }, rampMs: 0, durationMs: 60_000 };
      for (let at = 7000; at < 60_000; at += 7000) {
        const { scheduled } = change([stage], { at, holdMs: 10_000 });
        for (let n = 0; n < 100; n += 1) {
          const [before] = presencesOf(n, schedule([stage], 0));
          if (!before || before.comes >= at || before.goes <= at) continue;
          const stays = new Stays([before]);
          stays.enter();
          stays.follow(presencesOf(n, scheduled), at - 10);
          const what = `user ${n} of ${from}..${to} at ${at}`;
          assert.ok(stays.goes > at, `${what}: goes at ${stays.goes}`);
          assert.equal(stays.comes, Number.POSITIVE_INFINITY, `${what}: comes twice`);
        }
      }
    }
  });

  test('fewer users while they come: nobody comes any more, and the others go then', () => {
    const slow: Stage = { ...closed, users: { from: 100, to: 100 }, rampMs: 60_000 };
    const { scheduled } = change([slow], { at: 30_000, users: 10 });
    const there = (moment: number) =>
      Array.from({ length: 100 }, (_, n) => presencesOf(n, scheduled)).filter((stays) =>
        stays.some(({ comes, goes }) => comes <= moment && moment < goes),
      ).length;
    assert.deepEqual([there(29_999), there(31_000), there(70_000)], [50, 10, 10]);
  });

  test('after a rate of 0 there are no more users than before', () => {
    const { scheduled } = change([{ ...open, rate: { from: 0, to: 0 } }], { at: 5000, rate: 50 });
    assert.equal(scheduled.at(-1)?.stage.maxUsers, 100);
  });

  test('half of a rise goes on at twice of it', () => {
    const rise: Stage = { ...open, rate: { from: 0, to: 100 } };
    const { scheduled } = change([rise], { at: 10_000, scale: 2 });
    assert.deepEqual(
      scheduled.map(({ stage }) => [stage.rate, stage.maxUsers]),
      [
        [{ from: 0, to: 50 }, 100],
        [{ from: 100, to: 200 }, 200],
      ],
    );
  });

  test('it is held, and what follows comes so much later', () => {
    const { told, said } = change([open, { ...open, index: 1, name: 'then' }], { at: 5000, holdMs: 60_000 });
    assert.deepEqual(told, [
      [0, '50/s', 0, 0, 5000],
      [9, '50/s (held)', 5000, 5000, 80_000],
      [1, 'then', 80_000, 80_000, 100_000],
    ]);
    assert.match(said, /50\/s goes on, for 1 min longer/);
  });

  test('it is skipped, and what follows comes at once', () => {
    const { told } = change([open, { ...open, index: 1, name: 'then' }], { at: 5000, skip: true });
    assert.deepEqual(told, [
      [0, '50/s', 0, 0, 5000],
      [1, 'then', 5000, 5000, 25_000],
    ]);
  });

  const refusals: [string, Stage, Change, RegExp][] = [
    ['users of a rate', open, { at: 5000, users: 5 }, /has a rate/],
    ['a rate of users', closed, { at: 5000, rate: 5 }, /has users/],
    ['more of a pause', { ...open, model: 'pause', rate: null }, { at: 5000, scale: 2 }, /has a pause/],
    ['another stage', open, { at: 5000, scale: 2, stage: 3 }, /and not that one/],
    ['after the end', open, { at: 50_000, scale: 2 }, /no stage was running/],
    [
      'counted iterations',
      { ...closed, iterations: { count: 9, per: 'all' } },
      { at: 5000, users: 5 },
      /iterations/,
    ],
  ];
  for (const [name, stage, asked, why] of refusals)
    test(`nothing to change: ${name}`, () => {
      const result = changed(schedule([stage], 0), asked, 9);
      assert.match('refused' in result ? result.refused : '', why);
    });
});

describe('arrivals that go on in another way', () => {
  for (const arrivals of [undefined, { kind: 'poisson', seed: 3 } as const]) {
    test(`none is lost and none comes twice, ${arrivals ? 'as people come' : 'evenly'}`, () => {
      const stages: Stage[] = [
        { ...open, ...(arrivals && { arrivals }) },
        { ...open, index: 1, rate: { from: 20, to: 0 }, ...(arrivals && { arrivals }) },
      ];
      const before = schedule(stages, 0);
      for (const asked of [{ rate: 80 }, { skip: true }, { holdMs: 7000 }, { scale: 0.5 }] as const) {
        const result = change(stages, { at: 10_000, ...asked });
        const going = new DueArrivals(openStages(before, alone));
        // What is due is dealt with a little before it is, so the change meets one that is under way.
        const first = dueOf(going, 9_990);
        going.follow(openStages(result.scheduled, alone));
        const all = [...first, ...dueOf(going)];
        assert.deepEqual(all, dueOf(new DueArrivals(openStages(result.scheduled, alone))));
        assert.deepEqual(
          all,
          all.toSorted((a, b) => a - b),
        );
      }
    });
  }
});

describe('a change of traffic', () => {
  const traffic: Stage = {
    ...open,
    name: 'traffic of a.csv',
    rate: { from: 0, to: 2 },
    traffic: { file: 'a.csv', minutes: [60, 0, 120, 60] },
    durationMs: 240_000,
  };
  const counts = (moments: number[], minutes: number) =>
    Array.from(
      { length: minutes },
      (_, minute) => moments.filter((at) => at >= minute * 60_000 && at < (minute + 1) * 60_000).length,
    );

  for (const at of [90_000, 120_000])
    test(`goes on from the minute it was in, ${at} ms after its begin`, () => {
      const due = new DueArrivals(openStages(schedule([traffic], 0), alone));
      const before = dueOf(due, at - 5000);
      const { scheduled, said } = change([traffic], { at, scale: 2, holdMs: 60_000 });
      due.follow(openStages(scheduled, alone));
      const all = [...before, ...dueOf(due)];
      assert.deepEqual(counts(all, 5), [60, 0, 240, 120, 120]);
      assert.match(
        said,
        /^At \d+ s the load was changed: 0\/s to 4\/s in place of [02]\/s, for 1 min longer\.$/,
      );
    });

  test('gives place to a rate', () => {
    const due = new DueArrivals(openStages(schedule([traffic], 0), alone));
    const before = dueOf(due, 120_000);
    const { scheduled } = change([traffic], { at: 120_000, rate: 1 });
    due.follow(openStages(scheduled, alone));
    assert.deepEqual(counts([...before, ...dueOf(due)], 4), [60, 0, 60, 60]);
  });
});
