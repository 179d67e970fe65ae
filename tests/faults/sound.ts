import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Run, RunEvent } from '@marteau/shared';
import { waitUntil } from '@marteau/testkit';
import type { House } from '../house/house.ts';

const ends = ['finished', 'error', 'cancelled'];

type MailIds = () => Promise<string[]>;

interface NodeEntry {
  name: string;
  state: string;
  runId: string | null;
}

/**
 * What holds after every fault, once the runs are over: each ended exactly once, its folder is whole and has nothing
 * but its record, it was mailed once, every living node is free, and no process and no work folder is left.
 * @param mails Message-IDs, or names of files that have them, of all mails that went out
 * @returns the records of the runs
 */
export async function assertSound(
  house: House,
  ids: readonly string[],
  mails: MailIds = () => outbox(house),
): Promise<Run[]> {
  const runs: Run[] = [];
  for (const id of ids) {
    await house.ends(id, 120_000);
    const run = JSON.parse(await house.file(id, 'run.json')) as Run;
    runs.push(run);
    await endedOnce(house, run);
    await folderIsWhole(house, run);
    await mailedOnce(run, mails);
  }
  await waitUntil('all nodes to be free', async () => (await busyNodes(house)).length === 0);
  await house.assertNothingLeft();
  inOrder(runs);
  return runs;
}

/** All events of an ended run. */
export async function eventsOf(house: House, id: string): Promise<RunEvent[]> {
  const lines = (await house.file(id, 'events.ndjson')).trim().split('\n');
  return lines.map((line) => JSON.parse(line)[1]);
}

async function endedOnce(house: House, run: Run): Promise<void> {
  const events = await eventsOf(house, run.id);
  const inEvents = events.filter((event) => event.type === 'state' && ends.includes(event.state));
  assert.equal(inEvents.length, 1, `${run.id} ended ${inEvents.length} times in its events`);
  const inTimeline = run.timeline.filter(({ state }) => ends.includes(state));
  assert.equal(inTimeline.length, 1, `${run.id} ended ${inTimeline.length} times in its timeline`);
  assert.ok(run.verdict === 'pass' || run.state === 'cancelled' || run.reason, `${run.id} has no reason`);
}

async function folderIsWhole(house: House, run: Run): Promise<void> {
  const isReported = run.state === 'finished';
  const files = await waitUntil(`nothing but the record in the folder of ${run.id}`, async () => {
    const names = await house.files(run.id);
    return !names.some((name) => name.startsWith('work')) && names;
  });
  assert.ok(files.includes('run.json'));
  for (const name of ['report.html', 'results.json']) assert.equal(files.includes(name), isReported, name);
}

/** Without an SMTP server a mail is a file, named by its Message-ID. */
async function outbox(house: House): Promise<string[]> {
  const names = await readdir(join(house.data, 'outbox')).catch(() => []);
  return names.filter((name) => name.endsWith('.eml'));
}

async function mailedOnce(run: Run, all: MailIds): Promise<void> {
  const expected = run.email === null ? 0 : 1;
  const mails = await waitUntil(
    `the mail about ${run.id}`,
    async () => {
      const found = (await all()).filter((name) => name.includes(run.id));
      return found.length >= expected && found;
    },
    { deadlineMs: 90_000 }, // a notifier that was killed has a minute's lease
  );
  assert.equal(mails.length, expected, mails.join());
}

async function busyNodes(house: House): Promise<NodeEntry[]> {
  const { nodes } = await house.api<{ nodes: NodeEntry[] }>('GET', '/nodes');
  return nodes.filter(({ state, runId }) => state !== 'dead' && (state !== 'idle' || runId !== null));
}

/** Of two runs that got their nodes at the first attempt, and were in the line together, the earlier went first. */
function inOrder(runs: readonly Run[]): void {
  const last = (run: Run, state: string): number =>
    Math.max(...run.timeline.filter((entry) => entry.state === state).map(({ at }) => Date.parse(at)));
  const placed = runs.filter(({ attempt }) => attempt === 1).sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const [index, early] of placed.entries()) {
    for (const late of placed.slice(index + 1)) {
      const metInLine = last(early, 'waiting') < last(late, 'running');
      assert.ok(
        !metInLine || last(early, 'running') <= last(late, 'running'),
        `${late.id} overtook ${early.id}`,
      );
    }
  }
}
