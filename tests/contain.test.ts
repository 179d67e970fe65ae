import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, it } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import { COLUMNS, openNodeFolder, startNode, whyNotHere } from './contain/columns.ts';
import { QUESTIONS } from './contain/questions.ts';
import { type Answers, readTable, rowsOf } from './contain/table.ts';

describe('a stranger inside, and what is held', async () => {
  const table = readTable();
  const skips = await Promise.all(COLUMNS.map(whyNotHere));
  const measured: Answers[] = [];

  for (const [index, column] of COLUMNS.entries()) {
    const skip = skips[index];
    it(`is asked of ${column.name}, and gone when the worker is killed`, { skip }, async () => {
      await using folder = await openNodeFolder(column);
      const node = await startNode(column, ['node.ts', folder.path, `${column.rung}`]);
      const { answers, mark, pid } = JSON.parse(node.line) as { answers: Answers; mark: string; pid: number };
      const before = sleepers(mark).length;
      node.kill();
      await node.exited;
      assert.deepEqual(Object.keys(answers).sort(), Object.keys(QUESTIONS).sort());
      measured[index] = answers;
      assert.equal(before, 1);
      await waitUntil('the programs inside to be gone', () => sleepers(mark).length === 0);
      await (await startNode(column, ['sweep.ts'])).exited;
      assert.deepEqual(tracesOf(pid), []);
    });
  }

  it('is what docs/security.md says', () => {
    const wrong = COLUMNS.flatMap(({ name }, index) =>
      measured[index] ? differences(measured[index], table[index] ?? {}).map((one) => `${name}, ${one}`) : [],
    );
    assert.deepEqual(wrong, [], `what was measured:\n${rowsOf(measured)}`);
  });
});

/** What was measured otherwise than the table has it, as "question: what it is". */
function differences(answers: Answers, told: Answers): string[] {
  return Object.keys({ ...told, ...answers }).flatMap((name) =>
    answers[name] === told[name] ? [] : `${name}: ${answers[name]}, and not ${told[name]}`,
  );
}

/** Who sleeps for this long, which only a program of ours does. */
function sleepers(mark: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(`/bin/sleep\0${mark}\0`);
    } catch {
      return false; // no process, or none any more
    }
  });
}

/** Folders, accounts, mounts and groups of compartments of one process. */
function tracesOf(pid: number): string[] {
  const list = (folder: string): string[] => {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  };
  const uids = list('/run/marteau-uids').filter((uid) =>
    readFileSync(`/run/marteau-uids/${uid}`, 'utf8').startsWith(`${pid} `),
  );
  const groups = list('/sys/fs/cgroup').flatMap((each) => list(`/sys/fs/cgroup/${each}/marteau`));
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return [
    ...list(tmpdir()).filter((name) => /^marteau-(etc|probe|trial)-/.test(name) && name.includes(`-${pid}.`)),
    ...uids,
    ...groups.filter((name) => uids.includes(name.replace('marteau-', ''))),
    ...mounts.filter((line) => line.includes(`marteau-probe-${pid}.`)),
  ];
}
