import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { APP_OF_REPOSITORY, type Confirmation } from '@marteau/shared';
import { aRun } from '@marteau/testkit/a-run';
import { cycles } from '../fixtures/plans.ts';
import { shop } from '../fixtures/shop.ts';
import { simulate } from '../fixtures/simulate.ts';
import { mergeMeasurements } from '../merge/merge-measurements.ts';
import { buildResults } from '../results/build-results.ts';
import { summarise } from '../results/summarise.ts';
import type { Results } from '../schema/results.ts';
import { confirm } from './confirm.ts';
import { confirmable } from './confirmable.ts';
import { withConfirmation } from './with-confirmation.ts';

const plan = cycles([10], 40);

/** A run of the shop in which everything took `slower` times as long. */
function runOf(seed: number, slower: number, baselines: readonly Results[] = [], commit = 'a'): Results {
  const labels = shop.map((label) => ({ ...label, median: label.median * slower }));
  const simulation = { seed, startedAt: '2026-11-21T09:29:58.004Z', plan, labels, perUser: 6 };
  const measurements = mergeMeasurements(simulate(simulation));
  const run = aRun({ id: `r00000000${seed}`, commit: commit.repeat(40), target: APP_OF_REPOSITORY });
  return buildResults({ run, file: null, plan, thresholds: [], measurements, baselines });
}

const good = runOf(1, 1);
const slow = runOf(2, 1.3, [good], 'b');

describe('pairs of runs by turns', () => {
  const pairs = (slower: readonly number[]) =>
    slower.map((by, i) => ({ before: runOf(10 + i, 1), after: runOf(30 + i, by) }));

  test('decide nothing before the third, and then what is clear', () => {
    assert.equal(confirm([]), null);
    const one = confirm(pairs([1.3]))!;
    assert.deepEqual([one.decision, one.low, one.high, one.pairs], ['undecided', null, null, 1]);
    assert.equal(confirm(pairs([1.5, 1.51]))!.decision, 'undecided');
    const three = confirm(pairs([1.5, 1.51, 1.49]))!;
    assert.equal(three.decision, 'worse');
    assert.match(
      three.sentence,
      /^Confirmed worse: p95 at 10 users \+(49|50|51)(\.\d)? % over 3 pairs of runs by turns\.$/,
    );
    assert.ok(three.low! > 0.05 && three.low! < three.change! && three.change! < three.high!);
    assert.equal(confirm(pairs([0.6, 0.61, 0.59]))!.decision, 'better');
  });

  test('are more of them where it is less plain', () => {
    const tenth = [1.1, 1.12, 1.09, 1.1, 1.11, 1.08, 1.1];
    assert.equal(confirm(pairs(tenth.slice(0, 3)))!.decision, 'undecided');
    assert.equal(confirm(pairs(tenth))!.decision, 'worse');
  });

  test('end as inconclusive when they vary too much', () => {
    const { decision, sentence } = confirm(pairs([1.4, 0.8, 1.5, 0.9, 1.3, 0.7, 1.2]))!;
    assert.equal(decision, 'inconclusive');
    assert.match(sentence, /vary too much among themselves/);
  });
});

describe('a change that can be confirmed', () => {
  test('is one between two commits of an app that the file starts', () => {
    assert.deepEqual(confirmable(slow), { baseline: good.run.id });
  });

  const rows: [name: string, results: Results, why: RegExp][] = [
    [
      'of a target elsewhere',
      { ...slow, run: { ...slow.run, target: 'https://example.com' } },
      /deployed by somebody else/,
    ],
    ['without an earlier run', { ...slow, comparison: null }, /no earlier good run/],
    [
      'of one commit',
      { ...slow, run: { ...slow.run, commit: 'a'.repeat(40) } },
      /Both runs are of commit aaaaaaaa/,
    ],
    ['of an unknown commit', { ...slow, run: { ...slow.run, commit: null } }, /not known which commits/],
    ['without a verdict', { ...slow, judgement: null }, /measured nothing/],
  ];
  for (const [name, results, why] of rows) {
    test(`is none ${name}`, () => {
      const answer = confirmable(results);
      assert.match('why' in answer ? answer.why : '', why);
    });
  }
});

describe('what repeats said', () => {
  const said: Confirmation = {
    v: 1,
    run: slow.run.id,
    baseline: good.run.id,
    decision: 'worse',
    sentence: 'Confirmed worse: p95 at 10 users +30 % over 3 pairs of runs by turns.',
    pairs: 3,
    change: 0.3,
    low: 0.25,
    high: 0.35,
    repeats: [],
    startedAt: '2026-11-21T10:00:00.000Z',
    endedAt: '2026-11-21T10:20:00.000Z',
  };
  const main = (results: Results) =>
    results.comparison!.endpoints.find(({ label, metric }) => label === null && metric === 'p95')!;

  test('is the grade of the change', () => {
    assert.equal(main(slow).grade, 'suspected');
    const told = withConfirmation(slow, said);
    assert.deepEqual([told.comparison!.grade, told.comparison!.sentence], ['confirmed', said.sentence]);
    assert.deepEqual([main(told).grade, main(told).direction], ['confirmed', 'worse']);
    const { change } = summarise(told)!;
    assert.deepEqual([change?.grade, change?.change], ['confirmed', 0.3], 'also in lists');
  });

  test('that nothing changed takes the suspicion back', () => {
    const told = withConfirmation(slow, { ...said, decision: 'same' });
    assert.deepEqual([main(told).grade, told.comparison!.direction], [null, 'same']);
  });

  test('that nothing was decided leaves it', () => {
    const told = withConfirmation(slow, { ...said, decision: 'inconclusive' });
    assert.deepEqual(told.comparison, slow.comparison);
    assert.equal(told.confirmation!.decision, 'inconclusive');
  });
});
