import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { makeCgroup } from './cgroup.ts';

const limits = { tasks: 50, memoryBytes: 200 << 20 };

test('what is in a group counts as one where processors are short, and leaves nothing', async (context) => {
  const name = `test-${process.pid}`;
  const made = (() => {
    try {
      return makeCgroup(name, limits);
    } catch (error) {
      return error as Error;
    }
  })();
  if (made instanceof Error) return context.skip(`no groups here: ${made.message}`);
  const sleeping = spawn('sleep', ['60'], { stdio: 'ignore' });
  const groups = (): string => readFileSync(`/proc/${sleeping.pid}/cgroup`, 'utf8');
  try {
    made.admit(sleeping.pid!);
    const [, cpu] = /^(\d+:(?:\S+,)?cpu(?:,\S+)?:\S*|0::\S*)$/m.exec(groups()) ?? [];
    if (made.isWeighted) assert.match(cpu ?? '', new RegExp(`/marteau/${name}$`));
  } finally {
    sleeping.kill('SIGKILL');
    await once(sleeping, 'exit');
    made.remove();
  }
  makeCgroup(name, limits).remove();
});
