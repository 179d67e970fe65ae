import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LoadSnapshot } from '@marteau/measure';
import fc from 'fast-check';
import { CapacitySearch } from '../plan/capacity-search.ts';
import { GeneratorHealth, gateLength } from './generator-health.ts';
import { WallClock } from './wall-clock.ts';

describe('a search for capacity', () => {
  it('finds where a target breaks, to within its steps', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 5000 }), (limit) => {
        const search = new CapacitySearch([10, 20, 40, 80, 160, 320, 640, 1280, 2000], 6);
        let tries = 0;
        for (let rate = search.next(); rate !== null; rate = search.next()) {
          search.tell(rate, rate <= limit);
          tries += 1;
        }
        const { holds, breaks } = search;
        assert.ok(tries <= 9 + 6 && holds !== null && holds <= limit);
        if (breaks === null) assert.equal(holds, 2000);
        else
          assert.ok(breaks > limit && breaks - holds <= Math.max(holds * 0.05, 0.2), `${holds} … ${breaks}`);
      }),
    );
  });

  it('ends at once when the first rate breaks', () => {
    const search = new CapacitySearch([10, 20], 6);
    search.tell(search.next()!, false);
    assert.deepEqual([search.next(), search.holds, search.breaks], [null, null, 10]);
  });
});

describe("the generator's health", () => {
  const calm: LoadSnapshot = {
    second: 0,
    users: 1,
    offered: 100,
    started: 100,
    late: 0,
    dropped: 0,
    userFailures: 0,
    cpu: 0.3,
    loopDelay: 1000,
    sockets: 10,
    gc: 0.01,
    between: 0.001,
  };
  /** A minute in which the second thread is so for some seconds. */
  const limitsOf = (state: Partial<LoadSnapshot>, from: number, to: number) => {
    const health = new GeneratorHealth(2, gateLength(60));
    for (let second = 0; second < 60; second += 1) {
      const isSo = second >= from && second < to;
      health.add(0, { ...calm, second }, true);
      health.add(1, { ...calm, ...(isSo ? state : {}), second }, true);
    }
    return health.limits().map(({ code, share, windows }) => [code, Math.round(share * 60), windows]);
  };
  const states: [code: string, state: Partial<LoadSnapshot>][] = [
    ['cpu', { cpu: 0.97 }],
    ['loop-delay', { loopDelay: 45_000 }],
    ['gc', { gc: 0.35 }],
    ['late', { late: 5 }],
    ['between', { between: 0.3 }],
  ];
  for (const [code, state] of states) {
    it(`is a limit when ${code} lasts, of one thread among several`, () => {
      const [limit, ...others] = limitsOf(state, 20, 40);
      assert.equal(others.length, 0);
      assert.equal(limit![0], code);
      assert.ok((limit![1] as number) >= 20 && (limit![1] as number) <= 38, `${limit![1]} s`);
    });
    it(`is none for a moment of ${code}`, () => {
      const moment = code === 'late' ? { late: 2 } : state;
      assert.deepEqual(limitsOf(moment, 20, 22), []);
    });
  }

  it('says when no more sockets were to be had', () => {
    const health = new GeneratorHealth(1, 10);
    for (let second = 0; second < 10; second += 1) {
      health.add(0, { ...calm, second }, true);
      health.ended(second, second < 3 ? { 200: 5, EADDRNOTAVAIL: 7 } : { 200: 12, ECONNREFUSED: 1 });
    }
    const [limit] = health.limits();
    assert.deepEqual([limit?.code, limit?.share, limit?.windows], ['sockets', 0.3, [{ from: 0, to: 3000 }]]);
    assert.match(limit!.sentence, /EADDRNOTAVAIL/);
  });

  it('says when the clock jumped, by whatever it was set', () => {
    const reading = { wall: 1_700_000_000_000, time: 0 };
    const clock = new WallClock(
      () => reading.wall,
      () => reading.time,
    );
    const jumps = [
      [100, 100], // evenly
      [600_000, 600_000], // held up: both went on
      [150, 100], // slewed
      [-3000, 100], // set back
      [100, 100],
      [7_200_000, 100], // slept
    ].map(([wall, time]) => {
      reading.wall += wall!;
      reading.time += time!;
      return clock.jump();
    });
    assert.deepEqual(jumps, [0, 0, 0, -3100, 0, 7_199_900]);
    const health = new GeneratorHealth(1, 10);
    health.add(0, calm, true);
    assert.deepEqual(health.limits(), []);
    health.clockJumped(-3100, 20_000);
    const [limit] = health.limits();
    assert.deepEqual([limit?.code, limit?.share], ['clock', 1]);
    assert.match(limit!.sentence, /jumped by 3\.1s while the load ran/);
  });

  it('of the time that is not recorded matters to nobody', () => {
    const health = new GeneratorHealth(1, 10);
    for (let second = 0; second < 30; second += 1) health.add(0, { ...calm, second, cpu: 1 }, false);
    assert.deepEqual(health.limits(), []);
    assert.equal(health.each([12])[0]?.cpuSeconds, 12);
  });
});
