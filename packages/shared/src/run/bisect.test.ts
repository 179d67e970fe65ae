import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bisect, nextStep, withDecision } from './bisect.ts';

function bisectOf(count: number): Bisect {
  return {
    v: 1,
    run: 'rbad',
    good: 'rgood',
    project: 'https://git.example.com/shop',
    base: 'b'.repeat(40),
    commits: Array.from({ length: count }, (_, n) => ({
      sha: String(n).padStart(40, '0'),
      subject: `Change ${n}`,
      author: 'Ada',
    })),
    low: 0,
    high: count - 1,
    skipped: [],
    direction: null,
    steps: [],
    state: 'running',
    culprit: null,
    sentence: '',
    until: '2099-01-01T00:00:00.000Z',
    startedAt: '2026-12-01T00:00:00.000Z',
    endedAt: null,
  };
}

/** Compares as long as it asks for it. @param culprit index of the commit from which on it is worse */
function hunt(
  count: number,
  culprit: number,
  decide?: (commit: number) => Bisect['steps'][number]['decision'] | null,
) {
  let bisect = bisectOf(count);
  for (let n = 0; ; n++) {
    assert.ok(n <= 40, 'it ends');
    const next = nextStep(bisect);
    if ('end' in next) return { ...next.end, steps: bisect.steps.length };
    const index = (sha: string) => (sha === bisect.base ? -1 : Number(sha));
    const [one, other] = [index(next.compare.commit), index(next.compare.base)];
    const differs = one >= culprit && other < culprit;
    const decision = decide?.(one) ?? (differs ? 'worse' : 'same');
    const step = { ...next.compare, run: `r${n}`, decision: 'undecided' } as const;
    bisect = withDecision({ ...bisect, steps: [...bisect.steps, step] }, decision);
  }
}

test('every commit of a range is found, by halves and a last look at its parent', () => {
  for (const count of [1, 2, 3, 7, 64]) {
    for (let culprit = 0; culprit < count; culprit++) {
      const found = hunt(count, culprit);
      assert.deepEqual([found.state, found.culprit], ['found', String(culprit).padStart(40, '0')]);
      assert.match(found.sentence, new RegExp(`^0+ \\(Change ${culprit}\\) made it worse\\.$`));
      assert.ok(found.steps <= 2 + Math.ceil(Math.log2(count)), `${found.steps} of ${count}`);
    }
  }
});

test('a commit that cannot be measured is left out, and where none is left the range is told', () => {
  assert.equal(hunt(9, 6, (one) => (one === 4 ? 'broken' : null)).culprit, '6'.padStart(40, '0'));
  const none = hunt(9, 6, (one) => (one >= 3 && one <= 7 ? 'broken' : null));
  assert.deepEqual([none.state, none.culprit], ['undecided', null]);
  assert.match(none.sentence, /^One of 6 commits, 0+ to 0+, made it worse: those before the last cannot/);
  const most = hunt(256, 255, (one) => (one < 255 ? 'broken' : null));
  assert.deepEqual([most.state, most.steps], ['undecided', 39]);
  assert.match(
    most.sentence,
    /^One of 256 commits, .* made it worse: too many of them cannot be measured\.$/,
  );
});

test('where the ends do alike, or nothing is decided, it ends and says so', () => {
  assert.deepEqual([hunt(9, 99).state, hunt(9, 99).steps], ['ended', 1]);
  assert.equal(hunt(9, 3, () => 'inconclusive').state, 'undecided');
  const middle = hunt(9, 3, (one) => (one === 4 ? 'inconclusive' : null));
  assert.deepEqual([middle.state, middle.steps], ['undecided', 2]);
  assert.match(middle.sentence, /^One of 9 commits, .*: 0+ \(Change 4\) was not decided by seven pairs/);
});

test('a change that several commits share in is told as such', () => {
  let isLast = false;
  const found = hunt(4, 2, (one) => {
    if (one !== 2) return null;
    const decision = isLast ? 'same' : 'worse';
    isLast = true;
    return decision;
  });
  assert.equal(found.state, 'undecided');
  assert.match(found.sentence, /several commits share in it/);
});
