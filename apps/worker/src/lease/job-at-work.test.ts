import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const program = join(import.meta.dirname, 'fixtures/defects.ts');

function defectIn(where: string): Promise<{ code: number; said: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, where], (_error, stdout) =>
      resolve({ code: child.exitCode!, said: stdout.trim() }),
    );
  });
}

test('what nobody catches ends the job that it came from, and no other; the worker’s own ends the worker', async () => {
  const [worker, ...ofJobs] = await Promise.all(['worker', 'timer', 'promise', 'stream'].map(defectIn));
  assert.deepEqual(worker, { code: 1, said: 'done, done' });
  for (const outcome of ofJobs) assert.deepEqual(outcome, { code: 0, said: 'done, broken: a defect' });
});
