import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isMarteauError } from '@marteau/shared';
import fc from 'fast-check';
import { parseFile } from '../parse/parse.ts';
import { describePlan } from '../plan/describe-plan.ts';
import { resolveFile } from '../resolve/resolve.ts';
import { BadRows } from '../table/csv.ts';
import { trafficFiles, withTraffic } from './fill-traffic.ts';
import { parseTraffic } from './parse-traffic.ts';

describe('rates per minute of a CSV file', () => {
  const right: [string, string, number[]][] = [
    ['one column', 'requests\n3\n0\n12\n', [3, 0, 12]],
    [
      'the last of several',
      '"time","requests"\n"2026-11-30T00:00:00Z","5"\n"2026-11-30T00:01:00Z","7"\n',
      [5, 7],
    ],
    ['the one that is called rate', 'Rate;users\n5;900\n7;901\n', [5, 7]],
    ['seconds since 1970', 'at,n\n1764460800,1\n1764460860,2\n', [1, 2]],
    ['fractions, whose sum is right', 'n\n0.5\n0.5\n0.5\n1.5\n', [1, 0, 1, 1]],
  ];
  for (const [what, text, minutes] of right) test(what, () => assert.deepEqual(parseTraffic(text), minutes));

  const wrong: [string, string, RegExp][] = [
    ['no rows', 'n\n', /^it has no rows below its header$/],
    ['a text', 'n\n3\nmany\n', /^row 2 has 'many' in the column 'n', which is no rate per minute$/],
    ['less than nothing', 'n\n-3\n', /^row 1 has '-3'/],
    ['endlessly many', 'n\n1e300\n', /^row 1 has '1e300'/],
    ['nothing at all', 'n\n0\n0\n', /^no iteration starts/],
    [
      'hours',
      'at,n\n2026-11-30T00:00:00Z,1\n2026-11-30T01:00:00Z,1\n',
      /^rows 1 and 2 are 3600 s apart, and a row is a minute$/,
    ],
    ['a minute left out', 'at,n\n1764460800,1\n1764460920,2\n', /^rows 1 and 2 are 120 s apart/],
    ['more than a week', `n\n${'1\n'.repeat(10_081)}`, /^it has 10081 rows, and at most 10080/],
  ];
  for (const [what, text, message] of wrong)
    test(`${what} is a mistake`, () => assert.throws(() => parseTraffic(text), { name: 'BadRows', message }));

  test('whatever comes is minutes that add up, or a mistake in a sentence', () => {
    const cell = fc.oneof(
      fc.double({ min: 0, max: 1e4, noNaN: true }).map(String),
      fc.string({ maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 20 }), (cells) => {
        try {
          const minutes = parseTraffic(['n', ...cells].join('\n'));
          assert.ok(minutes.every((count) => Number.isInteger(count) && count >= 0));
        } catch (error) {
          assert.ok(error instanceof BadRows, String(error));
        }
      }),
    );
  });
});

describe('a file that names its traffic', () => {
  const resolved = (yaml: string) => {
    const { file, problems } = parseFile(`script: a.test.ts\n${yaml}`);
    assert.ok(file, JSON.stringify(problems));
    return resolveFile(file).file!;
  };
  const day = [60, 0, 600];

  test('says so before anybody has read it, and what it amounts to after that', () => {
    const file = resolved('load: load/day.csv');
    assert.deepEqual(trafficFiles(file), ['load/day.csv']);
    assert.equal(describePlan(file), 'the traffic of load/day.csv, a minute for each row, on 1 node');
    const filled = withTraffic(file, () => day);
    assert.equal(
      describePlan(filled),
      'the traffic of load/day.csv (660 iterations, 0/s to 10/s) over 3 min, about 3 min, at most 20 users on 1 node',
    );
    const [stage] = filled.load.plan.steps;
    assert.deepEqual(
      [stage!.name, stage!.durationMs, stage!.traffic, filled.load.lengthMs, filled.timeoutMs],
      ['traffic of day.csv', 180_000, { file: 'load/day.csv', minutes: day }, 180_000, 780_000],
    );
  });

  test('among other stages, warmed up by the first minute that has any', () => {
    const file = resolved(
      'warmup: 10s\nload: [{traffic: ./day.csv, maxUsers: 7, name: day}, {rate: 5/s, for: 1m}]',
    );
    const { steps } = withTraffic(file, () => [0, 120]).load.plan;
    assert.deepEqual(
      steps.map(({ name, rate, maxUsers, durationMs, traffic }) => [
        name,
        rate,
        maxUsers,
        durationMs,
        traffic?.minutes,
      ]),
      [
        ['warm-up', { from: 2, to: 2 }, 7, 10_000, undefined],
        ['day', { from: 0, to: 2 }, 7, 120_000, [0, 120]],
        ['5/s', { from: 5, to: 5 }, 10, 60_000, undefined],
      ],
    );
  });

  test('keeps a timeout that is long enough, and no other', () => {
    const long = resolved('load: day.csv\ntimeout: 1h');
    assert.equal(withTraffic(long, () => day).timeoutMs, 3_600_000);
    // Ten minutes are also what follows from a load that is not known yet.
    for (const minutes of [10, 11]) {
      const short = resolved(`load: day.csv\ntimeout: ${minutes}m`);
      const said = new RegExp(`is ${minutes} min, .* needs 13 min`);
      assert.throws(
        () => withTraffic(short, () => day),
        (error) => isMarteauError(error, 'timeout-short') && said.test(error.message),
      );
    }
  });

  const mistakes: [string, RegExp][] = [
    ['load: [{traffic: day.csv, for: 1m}]', /traffic lasts as long as its file/],
    ['load: [{traffic: day.csv, rate: 5/s}]', /exclude each other/],
    ['load: [{traffic: day.json}]', /is 'day.json', not a CSV file/],
    ['load: /etc/day.csv', /outside of the repository/],
    ['load: day.txt', /a CSV file/],
  ];
  for (const [yaml, what] of mistakes)
    test(`${yaml} is a mistake`, () => {
      const { problems } = parseFile(`script: a.test.ts\n${yaml}`);
      assert.match(problems.map((problem) => problem.what).join('; '), what);
    });
});
