import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { stepsOf } from './pipelines.ts';
import { openReader, type Reader } from './reader.ts';

const PAGE = 'docs/guide/pipelines.md';
const steps = stepsOf(readFileSync(join(import.meta.dirname, '../..', PAGE), 'utf8'));
/** What each of them finds in its environment. */
const GIVEN =
  'export MARTEAU_URL=https://marteau.example.com GITHUB_RUN_ID=1 CI_PIPELINE_ID=2 BUILD_TAG=shop-3 CI_PIPELINE_URL=https://ci.example.com/4';

describe('the steps of pipelines, in their very lines', { concurrency: 1 }, () => {
  let reader: Reader;
  before(async () => {
    reader = await openReader({ workers: 1 });
  });
  after(() => reader[Symbol.asyncDispose]());

  test('are two for each of four', () => {
    assert.equal(steps.length, 8);
    for (const { script } of steps)
      assert.match(script, /^npm install .*\nnpx --no marteau (run|submit --wait) /);
  });

  // What two of them type alike is typed once.
  const typed = new Map(steps.map((step) => [step.script, step]));
  for (const { name, script } of typed.values())
    test(name, async () => {
      const said = await reader.type({
        at: name,
        page: PAGE,
        script: [GIVEN, '[ -f .marteau.yml ] || cd shop', script].join('\n'),
        until: null,
      });
      assert.match(said, /PASS|INVALID/);
    });
});
