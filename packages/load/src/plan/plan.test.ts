import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Stage } from '@marteau/shared';
import fc from 'fast-check';
import { iterationsIn } from '../script/data/rows-needed.ts';
import { arrivalsIn, arrivalTime } from './arrivals.ts';
import { Budget } from './budget.ts';
import { DueArrivals, openStages } from './due-arrivals.ts';
import { countOf, type ExactPart, memberOf, partOf, whole } from './exact-part.ts';
import { type ThreadShare, usersAt, workAt } from './thread-share.ts';
import { mostUsersOf, presenceOf } from './users.ts';

const closed: Stage = {
  index: 0,
  name: '',
  model: 'closed',
  users: { from: 0, to: 0 },
  rate: null,
  maxUsers: null,
  iterations: null,
  rampMs: 0,
  durationMs: 10_000,
  recorded: true,
  test: null,
};

/** Shares with threads of their own number each: every thread's part. */
const machines = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 9 });
const threadSharesOf = (threads: number[]): ThreadShare[] =>
  threads.flatMap((of, index) =>
    Array.from({ length: of }, (_, thread) => ({
      share: { index, of: threads.length },
      thread: { index: thread, of },
    })),
  );
const membersOf = (part: ExactPart, total: number): number[] =>
  Array.from({ length: countOf(part, total) }, (_, n) => memberOf(part, n));
const inOrder = (numbers: number[]): number[] => numbers.sort((a, b) => a - b);
const upTo = (total: number): number[] => Array.from({ length: total }, (_, n) => n);

describe('portions', () => {
  it('give every number to exactly one thread of one share', () => {
    fc.assert(
      fc.property(machines, fc.nat(500), (threads, total) => {
        const members = threadSharesOf(threads).flatMap((threadShare) =>
          membersOf(usersAt(threadShare), total),
        );
        assert.deepEqual(inOrder(members), upTo(total));
      }),
    );
  });

  it('give all work to exactly one thread each, and only to threads that have users', () => {
    fc.assert(
      fc.property(machines, fc.integer({ min: 1, max: 80 }), fc.nat(500), (threads, users, total) => {
        const parts = threadSharesOf(threads).map((threadShare) => ({
          users: countOf(usersAt(threadShare), users),
          work: membersOf(workAt(threadShare, users), total),
        }));
        assert.deepEqual(inOrder(parts.flatMap(({ work }) => work)), upTo(total));
        assert.ok(parts.every((part) => part.users > 0 || part.work.length === 0));
      }),
    );
  });

  it('differ by at most one between shares', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(100_000), (of, total) => {
        const counts = Array.from({ length: of }, (_, share) => countOf(partOf(whole, share, of), total));
        assert.ok(Math.max(...counts) - Math.min(...counts) <= 1);
      }),
    );
  });
});

describe('arrivals', () => {
  it('come at 1/rate from each other at a constant rate', () => {
    assert.equal(arrivalsIn({ from: 50, to: 50 }, 2000), 100);
    assert.deepEqual(
      [0, 1, 2, 99].map((n) => arrivalTime(n, { from: 50, to: 50 }, 2000)),
      [0, 20, 40, 1980],
    );
  });

  it('of a ramp are in order, inside the stage, and as many as its mean rate says', () => {
    const rates = fc.double({ min: 0, max: 5000, noNaN: true });
    fc.assert(
      fc.property(rates, rates, fc.integer({ min: 100, max: 20_000 }), (from, to, durationMs) => {
        const count = arrivalsIn({ from, to }, durationMs);
        let before = 0;
        for (let n = 0; n < count; n += Math.max(1, Math.floor(count / 100))) {
          const at = arrivalTime(n, { from, to }, durationMs);
          assert.ok(at >= before && at <= durationMs * (1 + 1e-9), `${at}`);
          before = at;
        }
        assert.ok(Math.abs(count - ((from + to) / 2) * (durationMs / 1000)) <= 1);
      }),
    );
  });
});

describe('arrivals as people come', () => {
  const open: Stage = { ...closed, model: 'open', users: null, maxUsers: 100 };
  const dueAt = (rate: Stage['rate'], seed: number, threadShare: ThreadShare): number[] => {
    const arrivals = { kind: 'poisson', seed } as const;
    const stage = { ...open, rate, arrivals, durationMs: 100_000 };
    const found: number[] = [];
    const due = new DueArrivals(openStages([{ stage, at: 0, begin: 0, end: 100_000 }], threadShare));
    for (; due.due !== Number.POSITIVE_INFINITY; due.advance()) found.push(due.due);
    return found;
  };
  const shares = threadSharesOf([2, 3, 1]);

  it('are as many as the rate says, give or take, and their gaps spread as much as they are long', () => {
    for (const seed of [1, 2, 3]) {
      const moments = shares
        .flatMap((share) => dueAt({ from: 50, to: 50 }, seed, share))
        .sort((a, b) => a - b);
      assert.ok(Math.abs(moments.length - 5000) < 4 * Math.sqrt(5000), `${moments.length}`);
      const gaps = moments.slice(1).map((at, i) => at - moments[i]!);
      const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
      const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
      // 1 for an exponential distribution, 0 for even gaps.
      assert.ok(Math.abs(Math.sqrt(variance) / mean - 1) < 0.08, `${Math.sqrt(variance) / mean}`);
    }
  });

  it('follow a rate that rises', () => {
    const moments = shares.flatMap((share) => dueAt({ from: 0, to: 100 }, 7, share));
    const late = moments.filter((at) => at >= 50_000).length / moments.length;
    assert.ok(Math.abs(late - 0.75) < 0.03, `${late}`);
  });

  it('are the same for the same seed, others for another, and others in each part', () => {
    const [one, other] = shares as [ThreadShare, ThreadShare];
    const rate = { from: 5, to: 5 };
    assert.deepEqual(dueAt(rate, 1, one), dueAt(rate, 1, one));
    assert.notDeepEqual(dueAt(rate, 1, one), dueAt(rate, 2, one));
    assert.notDeepEqual(dueAt(rate, 1, one), dueAt(rate, 1, other));
  });
});

describe('the same load over one or many shares and threads', () => {
  const open: Stage = { ...closed, model: 'open', users: null, rate: { from: 0, to: 0 }, maxUsers: 1 };
  const rates = fc.integer({ min: 0, max: 300 });
  const stages = fc.array(fc.record({ from: rates, to: rates, maxUsers: fc.integer({ min: 1, max: 40 }) }), {
    minLength: 1,
    maxLength: 4,
  });

  /** Every arrival of a segment: stage, number and moment. */
  const arrivalsOf = (
    ranges: { from: number; to: number; maxUsers: number }[],
    threadShare: ThreadShare,
  ): string[] => {
    const scheduled = ranges.map(({ from, to, maxUsers }, index) => ({
      stage: { ...open, index, rate: { from, to }, maxUsers },
      at: index * 2000,
      begin: index * 2000,
      end: (index + 1) * 2000,
    }));
    const found: string[] = [];
    for (const due = new DueArrivals(openStages(scheduled, threadShare)); due.due !== Infinity; due.advance())
      found.push(`${due.stage.begin} ${due.number} ${due.due}`);
    return found;
  };
  const alone = { share: { index: 0, of: 1 }, thread: { index: 0, of: 1 } };

  it('has the same arrivals at the same moments', () => {
    fc.assert(
      fc.property(machines, stages, (threads, ranges) => {
        const parts = threadSharesOf(threads).flatMap((threadShare) => arrivalsOf(ranges, threadShare));
        assert.deepEqual(parts.sort(), arrivalsOf(ranges, alone).sort());
      }),
    );
  });

  it('has the same most users, and the same iterations where these are shared', () => {
    const users = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(machines, users, fc.integer({ min: 1, max: 400 }), (threads, count, iterations) => {
        const stage: Stage = {
          ...closed,
          users: { from: count, to: count },
          iterations: { count: iterations, per: 'all' },
        };
        const threadShares = threadSharesOf(threads);
        const taken = threadShares.reduce((sum, threadShare) => {
          const budget = new Budget(stage, threadShare);
          let mine = 0;
          while (budget.take(0)) mine += 1;
          return sum + mine;
        }, 0);
        assert.equal(taken, iterations);
        const most = threadShares.reduce(
          (sum, threadShare) => sum + mostUsersOf([stage], usersAt(threadShare)),
          0,
        );
        assert.equal(most, count);
      }),
    );
  });
});

describe('users of a closed stage', () => {
  it('come spread over the ramp and presence to the end', () => {
    const stage = { ...closed, users: { from: 4, to: 4 }, rampMs: 2000 };
    assert.deepEqual(
      [0, 1, 2, 3, 4].map((n) => presenceOf(n, stage)),
      [0, 500, 1000, 1500].map((comes) => ({ comes, goes: 12_000 }) as object | null).concat(null),
    );
  });

  it('are at every moment as many as the line between from and to says', () => {
    const users = fc.nat(60);
    fc.assert(
      fc.property(users, users, fc.nat(10_000), (from, to, at) => {
        const stage = { ...closed, users: { from, to } };
        const stays = Array.from({ length: 70 }, (_, n) => presenceOf(n, stage));
        const present = stays.filter(
          (presence) => presence && presence.comes <= at && at < presence.goes,
        ).length;
        const line = from + ((to - from) * at) / stage.durationMs;
        assert.ok(at >= stage.durationMs || Math.abs(present - line) <= 0.5 + 1e-9, `${present} for ${line}`);
      }),
    );
  });
});

describe('traffic, minute by minute', () => {
  const traffic = (minutes: number[], more: Partial<Stage> = {}): Stage => ({
    ...closed,
    model: 'open',
    users: null,
    rate: { from: 0, to: 10 },
    traffic: { file: 'a.csv', minutes },
    durationMs: minutes.length * 60_000,
    maxUsers: 100,
    ...more,
  });
  const walk = (stage: Stage, threadShare: ThreadShare) => {
    const end = stage.durationMs;
    const due = new DueArrivals(openStages([{ stage, at: 0, begin: 0, end }], threadShare));
    const found: [at: number, number: number][] = [];
    for (; due.due !== Number.POSITIVE_INFINITY; due.advance()) found.push([due.due, due.number]);
    return found;
  };
  const countIn = (moments: number[], minute: number) =>
    moments.filter((at) => at >= minute * 60_000 && at < (minute + 1) * 60_000).length;

  it('starts in each minute what its row says, each by one thread of one share', () => {
    fc.assert(
      fc.property(machines, fc.array(fc.nat(90), { minLength: 1, maxLength: 6 }), (threads, minutes) => {
        const all = threadSharesOf(threads).flatMap((share) => walk(traffic(minutes), share));
        const moments = all.map(([at]) => at);
        assert.deepEqual(
          minutes.map((_, minute) => countIn(moments, minute)),
          minutes,
        );
        const total = minutes.reduce((sum, count) => sum + count, 0);
        assert.deepEqual(inOrder(all.map(([, number]) => number)), upTo(total));
        for (const share of threadSharesOf(threads))
          assert.equal(
            iterationsIn({ steps: [traffic(minutes)] }, share),
            walk(traffic(minutes), share).length,
          );
      }),
    );
  });

  it('as people come, gives or takes some', () => {
    const arrivals = { kind: 'poisson', seed: 3 } as const;
    const all = threadSharesOf([2, 1]).flatMap((share) =>
      walk(traffic([3000, 0, 1000], { arrivals }), share),
    );
    const counts = [0, 1, 2].map((minute) =>
      countIn(
        all.map(([at]) => at),
        minute,
      ),
    );
    assert.equal(counts[1], 0);
    assert.ok(Math.abs(counts[0]! - 3000) < 4 * Math.sqrt(3000), `${counts[0]}`);
    assert.ok(Math.abs(counts[2]! - 1000) < 4 * Math.sqrt(1000), `${counts[2]}`);
  });
});
