import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Step } from '@marteau/shared';
import fc from 'fast-check';
import { arrivalsIn, arrivalTime } from './arrivals.ts';
import { countOf, memberOf, type Portion, partOf, whole } from './portion.ts';
import { stayOf } from './users.ts';

const closed: Step = {
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

/** Shares with threads of their own number each: every thread's portion. */
const machines = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 9 });
const portionsOf = (threads: number[]): Portion[] =>
  threads.flatMap((count, share) => {
    const part = partOf(whole, share, threads.length);
    return Array.from({ length: count }, (_, thread) => partOf(part, thread, count));
  });

describe('portions', () => {
  it('give every number to exactly one thread of one share', () => {
    fc.assert(
      fc.property(machines, fc.nat(500), (threads, total) => {
        const members = portionsOf(threads).flatMap((portion) =>
          Array.from({ length: countOf(portion, total) }, (_, n) => memberOf(portion, n)),
        );
        assert.deepEqual(
          members.sort((a, b) => a - b),
          Array.from({ length: total }, (_, n) => n),
        );
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

  it('of a ramp are in order, inside the step, and as many as its mean rate says', () => {
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

describe('users of a closed step', () => {
  it('come spread over the ramp and stay to the end', () => {
    const step = { ...closed, users: { from: 4, to: 4 }, rampMs: 2000 };
    assert.deepEqual(
      [0, 1, 2, 3, 4].map((n) => stayOf(n, step)),
      [0, 500, 1000, 1500].map((comes) => ({ comes, goes: 12_000 }) as object | null).concat(null),
    );
  });

  it('are at every moment as many as the line between from and to says', () => {
    const users = fc.nat(60);
    fc.assert(
      fc.property(users, users, fc.nat(10_000), (from, to, at) => {
        const step = { ...closed, users: { from, to } };
        const stays = Array.from({ length: 70 }, (_, n) => stayOf(n, step));
        const present = stays.filter((stay) => stay && stay.comes <= at && at < stay.goes).length;
        const line = from + ((to - from) * at) / step.durationMs;
        assert.ok(at >= step.durationMs || Math.abs(present - line) <= 0.5 + 1e-9, `${present} for ${line}`);
      }),
    );
  });
});
