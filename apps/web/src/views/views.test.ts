import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type GradedChange, hasEnded, type Run, RunState } from '@marteau/shared';
import fc from 'fast-check';
import { badge } from './badge.ts';
import { commitView } from './commit.ts';
import { moment } from './moment.ts';
import { projectName, repositoryName, who } from './project.ts';
import { runPage } from './run-page.ts';
import { runRows, sparkline } from './run-row.ts';
import { stepper } from './stepper.ts';

const start = Date.parse('2026-11-21T09:00:00.000Z');
const at = (seconds: number) => new Date(start + seconds * 1000).toISOString();

function run(more: Partial<Run> = {}): Run {
  return {
    v: 2,
    id: 'r1m7y5bf0pk6886xj6a',
    state: 'finished',
    verdict: 'pass',
    reason: null,
    reasonCode: null,
    repo: 'https://github.com/mozilla/marteau.git',
    ref: null,
    commit: 'a'.repeat(40),
    commitSubject: 'Strike',
    commitAuthor: 'Ana',
    project: 'https://github.com/mozilla/marteau',
    name: 'Marteau',
    test: null,
    target: null,
    profile: null,
    overrides: {},
    email: null,
    submitter: { kind: 'email', id: 'ana@example.com' },
    kind: 'normal',
    trigger: 'form',
    nodes: 1,
    attempt: 1,
    phase: null,
    stopped: false,
    submittedAt: at(0),
    startedAt: at(10),
    endedAt: at(70),
    timeline: [],
    engine: { name: 'marteau', version: '1' },
    summary: null,
    hasReport: false,
    deliveries: [],
    ...more,
  };
}

const summary = (p95: number) => ({
  requests: 1000,
  iterations: 100,
  errorRate: 0,
  failureRate: 0,
  rate: 50,
  p50: 1,
  p95,
  p99: p95 * 2,
  spark: [1, 2, 3],
});

test('every state has a word, a shape and a colour, and no two look the same by colour alone', () => {
  const shown = RunState.enum.map((state) => badge({ state, verdict: state === 'finished' ? 'pass' : null }));
  for (const { word, icon, kind } of shown) assert.ok(word && icon && kind);
  assert.equal(new Set(shown.map(({ word }) => word)).size, shown.length);
  for (const verdict of ['pass', 'fail', 'invalid'] as const)
    assert.deepEqual(badge({ state: 'finished', verdict }), { kind: verdict, icon: verdict, word: verdict });
});

describe('the page of a commit', () => {
  for (const [repo, href] of [
    ['https://github.com/a/b.git', `https://github.com/a/b/commit/${'a'.repeat(40)}`],
    ['https://gitlab.com/g/s/p', `https://gitlab.com/g/s/p/-/commit/${'a'.repeat(40)}`],
    ['https://gitlab.example.com/g/p/', `https://gitlab.example.com/g/p/-/commit/${'a'.repeat(40)}`],
    ['https://codeberg.org/a/b', `https://codeberg.org/a/b/commit/${'a'.repeat(40)}`],
    ['https://bitbucket.org/a/b', `https://bitbucket.org/a/b/commits/${'a'.repeat(40)}`],
    ['https://git.example.com/a/b', null],
    ['https://evil-github.example.com.org/a/b', null],
    ['http://github.com/a/b', null],
    ['file:///srv/a', null],
    ['javascript:alert(1)//github.com', null],
    ['nonsense', null],
  ] as const) {
    test(`${repo} → ${href}`, () => assert.equal(commitView(run({ repo }))?.href, href));
  }
  test('no commit, no view', () => assert.equal(commitView(run({ commit: null })), null));
});

test('a project is called by its file, else by its address', () => {
  assert.equal(projectName(run()), 'Marteau');
  assert.equal(projectName(run({ name: null })), 'mozilla/marteau');
  assert.equal(repositoryName('file:///srv/git/shop'), 'git/shop');
  assert.equal(repositoryName('https://git.example.com/shop'), 'shop');
  assert.equal(who(run()), 'ana');
  assert.equal(who(run({ submitter: { kind: 'api', id: 'api' } })), 'api');
});

test('a moment that is none is not shown', () => {
  assert.equal(moment(null, start), null);
  assert.equal(moment('yesterday', start), null);
  assert.deepEqual(moment(at(0), start + 120_000), {
    iso: at(0),
    ago: '2 min ago',
    exact: '2026-11-21 09:00:00 UTC',
  });
});

test('a sparkline stays in its box, whatever the rates', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 2, maxLength: 40 }),
      (rates) => {
        const line = sparkline(rates)!;
        const [, first = '', steps = ''] = /^M0 (\d+)l(.+)$/.exec(line.line) ?? [];
        const moves = steps.split(' ').map(Number);
        let y = Number(first);
        assert.equal(moves.length, 2 * (rates.length - 1));
        for (let i = 1; i < moves.length; i += 2) {
          y += moves[i]!;
          assert.ok(y >= 0 && y <= line.height, `${y}`);
        }
      },
    ),
  );
  assert.equal(sparkline([]), null);
  assert.equal(sparkline([5]), null);
});

test('a list shows the change that a run’s comparison grades, and no other', () => {
  const change = {
    metric: 'p95',
    label: null,
    change: 0.31,
    direction: 'worse',
    grade: 'suspected',
  } as const;
  const graded: (GradedChange | null)[] = [
    change,
    null,
    { ...change, change: 0.112, grade: 'confirmed' },
    { ...change, metric: 'rate', change: -0.2 },
    { ...change, metric: 'errors', label: 'POST /cart', change: 0.02 },
  ];
  const rows = runRows(
    graded.map((one, i) => run({ summary: { ...summary(100 + 30 * i), ...(one && { change: one }) } })),
    start,
  );
  assert.deepEqual(
    rows.map((row) => row.change && `${row.change.text}, ${row.change.sure}`),
    [
      '+31 %, suspected',
      null,
      '+11 %, confirmed worse',
      'rate −20 %, suspected',
      'errors of POST /cart +2 % points, suspected',
    ],
  );
});

test('the repeats of a confirmation are one row, which leads to the run that they confirm', () => {
  const repeat = (confirms: string) =>
    run({ kind: 'repeat', trigger: 'confirm', confirms, summary: summary(1), commitSubject: 'Old' });
  const rows = runRows([repeat('r1'), run(), repeat('r1'), repeat('r2'), repeat('r1')], start);
  assert.deepEqual(
    rows.map(({ href, reason, p95 }) => [href, reason, p95]),
    [
      ['/runs/r1', '3 repeats to confirm a change', '–'],
      [`/runs/${run().id}`, null, '–'],
      ['/runs/r2', 'One repeat to confirm a change', '–'],
    ],
  );
});

describe('the stages of a run', () => {
  const entries = (...states: [RunState, number][]) =>
    states.map(([state, seconds]) => ({ state, at: at(seconds) }));
  const shown = (r: Run, now: number) =>
    stepper(r, start + now * 1000).map(({ name, status, spent }) => `${name} ${status} ${spent}`.trim());

  test('while it waits', () => {
    const timeline = entries(['queued', 0], ['preparing', 2], ['waiting', 12]);
    assert.deepEqual(shown(run({ state: 'waiting', verdict: null, endedAt: null, timeline }), 42), [
      'queued done 2s',
      'preparing done 10s',
      'waiting here 30s',
      'running ahead',
      'reporting ahead',
      'finished ahead',
    ]);
  });

  test('a lost attempt is added to the second one', () => {
    const timeline = entries(
      ['queued', 0],
      ['preparing', 1],
      ['waiting', 2],
      ['running', 3],
      ['waiting', 13],
      ['running', 15],
    );
    assert.deepEqual(
      shown(run({ state: 'running', verdict: null, endedAt: null, timeline }), 20).slice(2, 4),
      ['waiting done 3s', 'running here 15s'],
    );
  });

  test('an error shows where it happened', () => {
    const timeline = entries(['queued', 0], ['preparing', 1], ['error', 6]);
    assert.deepEqual(shown(run({ state: 'error', verdict: null, endedAt: at(6), timeline }), 100), [
      'queued done 1s',
      'preparing ended-error 5s',
      'waiting ahead',
      'running ahead',
      'reporting ahead',
      'error ended-error 6s',
    ]);
  });

  test('cancelling goes on in the stage that it found', () => {
    const timeline = entries(
      ['queued', 0],
      ['preparing', 1],
      ['waiting', 2],
      ['running', 3],
      ['cancelling', 9],
    );
    const r = run({ state: 'cancelling', verdict: null, endedAt: null, timeline });
    assert.equal(shown(r, 10)[3], 'running here 7s');
    assert.equal(stepper(r, start)[3]?.phase?.text, 'cancelling');
  });
});

const around = {
  place: null,
  evidence: {
    description: '',
    thresholds: [],
    judged: null,
    comparison: null,
    baseline: null,
    unreadable: null,
  },
  confirmation: null,
  bisect: null,
  standing: { check: null, acceptedBy: null },
  chaos: null,
  load: null,
  tapes: [],
  pinned: false,
  unreadable: [],
  now: start,
};

test('the row of actions offers what makes sense in each state', () => {
  for (const state of RunState.enum) {
    const { acts } = runPage(run({ state, verdict: null }), around);
    assert.equal(acts.remove, hasEnded(state), state);
    assert.equal(acts.stop, state === 'running', state);
    assert.equal(acts.cancel, !hasEnded(state) && state !== 'cancelling', state);
  }
});

test('a mail of the outbox is linked, a refused one says why', () => {
  const { id, deliveries } = runPage(
    run({
      deliveries: [
        {
          kind: 'mail',
          to: 'a@example.com',
          state: 'sent',
          tries: 1,
          detail: 'outbox/r1.x@marteau.eml',
          page: '/outbox/r1.x%40marteau',
        },
        {
          kind: 'mail',
          to: 'b@example.com',
          state: 'refused',
          tries: 1,
          detail: '550 no such user',
          page: null,
        },
      ],
    }),
    around,
  );
  assert.deepEqual(deliveries, [
    {
      kind: 'Mail',
      to: 'a@example.com',
      state: 'sent',
      word: 'in the outbox',
      detail: '',
      href: '/outbox/r1.x%40marteau',
      again: `/runs/${id}/deliveries/0/again`,
    },
    {
      kind: 'Mail',
      to: 'b@example.com',
      state: 'refused',
      word: 'refused',
      detail: '550 no such user',
      href: null,
      again: `/runs/${id}/deliveries/1/again`,
    },
  ]);
});
