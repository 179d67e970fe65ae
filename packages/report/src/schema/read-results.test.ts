import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isMarteauError } from '@marteau/shared';
import fc from 'fast-check';
import { readResults } from './read-results.ts';
import type { Results } from './results.ts';

/** Results of a run that was cancelled before anything happened: the least that there can be. */
const least: Results = {
  schema: 'marteau.results/1',
  run: {
    id: 'r1jd3v8k2m0pqrstuvw',
    ending: 'cancelled',
    reason: 'Cancelled by dora.',
    stopped: false,
    project: 'example.com/shop',
    repo: 'https://example.com/shop',
    ref: null,
    commit: null,
    commitSubject: null,
    commitAuthor: null,
    name: null,
    test: null,
    target: null,
    profile: null,
    trigger: 'form',
    submitter: 'dora',
    nodes: 1,
    attempt: 0,
    engine: { name: 'marteau', version: '0.1.0' },
    submittedAt: '2026-11-21T09:28:41.120Z',
    startedAt: null,
    endedAt: null,
    url: null,
  },
  file: null,
  environment: {},
  plan: null,
  model: null,
  judgement: null,
  capacity: null,
  comparison: null,
  apdexThreshold: 1_500_000,
  load: { startedAt: null, endedAt: null, recordedSeconds: 0, series: null },
  steps: [],
  labels: [],
  requests: null,
  tests: null,
  blocks: [],
  failures: [],
  events: [],
  nodes: [],
  notes: [],
};

test('what was written is read back', () => {
  assert.deepEqual(readResults(JSON.stringify(least)), least);
});

describe('what cannot be read is refused with a sentence', () => {
  const rows: [name: string, text: string, code: string, sentence: RegExp][] = [
    ['cut off', JSON.stringify(least).slice(0, 700), 'results-not-json', /may have been cut off/],
    ['empty', '', 'results-not-json', /not JSON/],
    ['other JSON', '{"name": "x"}', 'results-not-ours', /not the results of a Marteau run/],
    ['a list', '[]', 'results-not-ours', /not the results/],
    ['null', 'null', 'results-not-ours', /not the results/],
    [
      'newer',
      '{"schema": "marteau.results/2"}',
      'results-other-version',
      /version marteau.results\/2.*Update Marteau/,
    ],
    [
      'damaged',
      JSON.stringify({ ...least, steps: 3 }),
      'results-damaged',
      /damaged at \/steps: it must be array/,
    ],
    ['without a part', '{"schema": "marteau.results/1"}', 'results-damaged', /damaged at/],
    [
      'damaged within',
      JSON.stringify({ ...least, run: { ...least.run, nodes: 'nine' } }),
      'results-damaged',
      /damaged at \/run\/nodes: it must be integer/,
    ],
    ['huge', `"${'x'.repeat(64_000_001)}"`, 'results-too-large', /64 MB/],
  ];
  for (const [name, text, code, sentence] of rows) {
    test(name, () => {
      assert.throws(
        () => readResults(text),
        (error) => isMarteauError(error) && error.code === code && sentence.test(error.message),
      );
    });
  }

  test('any JSON at all', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        assert.throws(
          () => readResults(text),
          (error) => isMarteauError(error),
        );
      }),
    );
  });
});
