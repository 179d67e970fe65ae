import { openStore, projectId } from '@marteau/store';
import { createTempFolder, startRedis } from '@marteau/testkit';
import { pino } from 'pino';
import { readConfig } from '../../apps/web/src/config.ts';
import type { Continuous } from '../../apps/web/src/continuous/context.ts';
import { createLookForSchedules, keepSchedules } from '../../apps/web/src/continuous/keep-schedules.ts';
import { createKnownHooks } from '../../apps/web/src/continuous/known-hooks.ts';
import { createPoll } from '../../apps/web/src/continuous/poll.ts';
import { runSchedules } from '../../apps/web/src/continuous/run-schedules.ts';

const SCHEDULES = 10_000;
const AT_ONCE = 100;
const STEP_MS = 5000;
/** A quarter of an hour of a server's rounds, one after another. */
const STEPS = 180;
/** Each night of January: none is due in the quarter of an hour that is measured. */
const file = { when: { schedule: [{ cron: '30 2 * 1 *', zone: 'Europe/Berlin' }] } };

/** What so many projects with a schedule each cost a server that waits for them: a share of one core. */
export async function scheduleCost(): Promise<number> {
  await using redis = await startRedis();
  await using folder = await createTempFolder();
  const log = pino({ level: 'silent' });
  const store = await openStore({
    redisUrl: redis.url,
    dataFolder: folder.path,
    log,
    clientName: 'bench',
    kind: 'web',
  });
  try {
    const clock = { ms: Date.parse('2026-12-01T00:00:00Z') };
    const context: Continuous = {
      config: readConfig({ MARTEAU_DATA: folder.path }, folder.path),
      store,
      log,
      url: 'http://127.0.0.1:9',
      closing: new AbortController().signal,
      now: () => clock.ms,
    };
    for (let n = 0; n < SCHEDULES; n += AT_ONCE)
      await Promise.all(
        Array.from({ length: AT_ONCE }, async (_, i) => {
          const repo = `https://git.example.com/team/p${n + i}`;
          const id = projectId(repo);
          await store.hooks.connect({ id, repo }, { kind: 'generic', api: 'https://git.example.com' });
          await keepSchedules(context, id, { commit: 'a'.repeat(40), file });
          await store.turns.leave(`looked ${id}`, 'read');
        }),
      );
    const hooks = createKnownHooks(context);
    const [poll, look] = [createPoll(context, hooks), createLookForSchedules(context, hooks)];
    const before = process.cpuUsage();
    for (let step = 0; step < STEPS; step++) {
      clock.ms += STEP_MS;
      await poll();
      if (step % 2 === 0) await runSchedules(context);
      if (step % 12 === 0) await look();
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / (STEPS * STEP_MS);
  } finally {
    await store.close();
  }
}
