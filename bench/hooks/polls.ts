import { readFileSync } from 'node:fs';
import { openStore, projectId } from '@marteau/store';
import { createTempFolder, startGitServer, startRedis } from '@marteau/testkit';
import { pino } from 'pino';
import { readConfig } from '../../apps/web/src/config.ts';
import { createPoll } from '../../apps/web/src/continuous/poll.ts';

const REPOSITORIES = 1000;
/** So many are looked at, of those that there would be. */
const MEASURED = 40;

/**
 * How long one look at each of a thousand repositories of one host takes, two at a time, in s: by the clock, and of all
 * processors, the git server's among them.
 */
export async function pollSeconds(): Promise<{ clock: number; processor: number }> {
  await using redis = await startRedis();
  await using folder = await createTempFolder();
  await using git = await startGitServer();
  const { url } = await git.createRepo('team/shop', { a: '' });
  const repo = url.replace(/\.git$/, '');
  const log = pino({ level: 'silent' });
  const store = await openStore({
    redisUrl: redis.url,
    dataFolder: folder.path,
    log,
    clientName: 'bench',
    kind: 'web',
  });
  let shift = 0;
  const looks = () => git.requests.filter((request) => request.url.includes('info/refs')).length;
  try {
    for (let n = 0; n < MEASURED; n++) {
      const id = projectId(`${repo}/${n}`);
      await store.hooks.connect({ id, repo }, { kind: 'generic', api: git.url });
      await store.hooks.poll(id, true);
    }
    const poll = createPoll({
      config: readConfig({ MARTEAU_ALLOW_PRIVATE: '1', MARTEAU_DATA: folder.path }, folder.path),
      store,
      log,
      url: 'http://127.0.0.1:9',
      closing: new AbortController().signal,
      now: () => Date.now() + shift,
    });
    // The first look learns what is there.
    await poll();
    const before = looks();
    shift = 3_600_000;
    const usedBefore = processorSeconds();
    const begun = performance.now();
    await poll();
    const took = (performance.now() - begun) / 1000;
    const used = processorSeconds() - usedBefore;
    const seen = looks() - before;
    if (seen < MEASURED) throw new Error(`of ${MEASURED} repositories only ${seen} were looked at`);
    const each = REPOSITORIES / MEASURED;
    return { clock: took * each, processor: used * each };
  } finally {
    await store.close();
  }
}

/** Of this process and those that it started and that have ended. */
function processorSeconds(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]!.split(' ');
  const TICKS = 100;
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
}
