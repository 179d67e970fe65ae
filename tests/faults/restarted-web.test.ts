// Issue C, fault 9: a restart of the web with a hundred viewers. Each sees every event once, in the order of the record.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunEvent } from '@marteau/shared';
import { startTargetServer, waitUntil } from '@marteau/testkit';
import { followRun } from '../../scripts/demo/follow-run.ts';
import { openHouse } from '../house/house.ts';
import { plainProject, scriptOf, visitHello } from '../house/projects.ts';
import { LONGEST_MS, WEB_RESTARTS } from './size.ts';
import { assertSound } from './sound.ts';

const VIEWERS = 100;

test(`the web starts again under ${VIEWERS} viewers, ${WEB_RESTARTS} x: no line is lost or doubled`, {
  timeout: LONGEST_MS,
}, async (t) => {
  await using target = await startTargetServer();
  await using house = await openHouse();
  const script = scriptOf(`${visitHello}\n  console.log('line', line++);`, 'let line = 0;');
  const { '.marteau.yml': file, ...project } = plainProject(target.url);
  const repo = await house.git.createRepo('viewed', {
    ...project,
    '.marteau.yml': file!.replace('duration: 2s', 'duration: 20m'), // stopped below
    'plain.test.ts': script,
  });
  const id = await house.submit(repo.url, { email: 'ana@example.com' });

  const enough = AbortSignal.timeout(LONGEST_MS);
  const views = Array.from({ length: VIEWERS }, () => watch(house.url, id, enough));
  for (let time = 0; time < WEB_RESTARTS; time++) {
    // Everybody has seen something since the last blow, so every stream is cut in its middle.
    const from = views.map(({ events }) => events.length);
    await house.until(id, 'seen by all', () =>
      views.every(({ events }, n) => events.slice(from[n]).some(({ type }) => type === 'tick')),
    );
    await (time % 2 ? house.web.kill() : house.web.stop());
    await house.startWeb();
  }
  await house.api('POST', `/runs/${id}/stop`);
  await assertSound(house, [id]);
  await waitUntil('all viewers to have come to the end', () => views.every(({ isOver }) => isOver()));

  const record = (await house.file(id, 'events.ndjson')).trim().split('\n');
  const expected = record.map((line) => seen(JSON.parse(line)[1] as RunEvent));
  for (const { events } of views) assert.deepEqual(events.map(seen), expected);
  const lines = expected.join('\n').match(/\bline \d+/g)!;
  assert.ok(lines.length > 10, `the script printed ${lines.length} lines`);
  t.diagnostic(`${VIEWERS} viewers, ${expected.length} events, ${lines.length} lines, each once`);
});

interface View {
  events: RunEvent[];
  isOver(): boolean;
}

/** Follows a run as a live page does, over every break of the connection. */
function watch(site: string, id: string, signal: AbortSignal): View {
  const events: RunEvent[] = [];
  let isOver = false;
  const read = async (): Promise<void> => {
    for await (const event of followRun(site, id, signal)) events.push(event);
    isOver = true;
  };
  void read();
  return { events, isOver: () => isOver };
}

/** What a viewer sees of an event: of a second its numbers, not its histogram. */
function seen(event: RunEvent): string {
  const { histogram: _histogram, ...rest } = event as RunEvent & { histogram?: string };
  return JSON.stringify(Object.entries(rest).sort());
}
