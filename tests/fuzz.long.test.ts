// Fuzzes every parser of foreign bytes on from its corpus, MARTEAU_FUZZ_SECONDS (10) each; from one seed, so that a change
// is judged by what it changed. Other seeds are for `npm run fuzz`.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { targets } from './fuzz/targets/index.ts';

const seconds = process.env.MARTEAU_FUZZ_SECONDS ?? '10';
const program = join(import.meta.dirname, '../scripts/fuzz.ts');

for (const name of Object.keys(targets)) {
  test(`${name} takes whatever is put to it`, async (t) => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      program,
      name,
      '--seconds',
      seconds,
      '--seed',
      '1',
    ]).catch((error: { stdout: string }) => error);
    t.diagnostic(stdout);
    assert.match(stdout, /; 0 findings\n/, stdout);
    const [, executions, blocks] = /(\d+) executions.*; (\d+) of/.exec(stdout) ?? [];
    assert.ok(Number(executions) > 100 && Number(blocks) > 20, stdout);
  });
}
