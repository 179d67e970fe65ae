import { parseArgs } from 'node:util';
import { isMarteauError } from '@marteau/shared';
import { ConfigError } from '@marteau/store';
import { pino } from 'pino';
import { type Config, readConfig } from './config.ts';
import { endOnlyTheJob } from './lease/job-at-work.ts';
import { openProbes } from './probes/open-probes.ts';
import { startWorker } from './worker.ts';

/** What a process ends with whose environment is wrong: starting it again would change nothing. */
const WRONG_ENVIRONMENT = 78;

const config = settings();
const stderr = pino.destination({ dest: 2, sync: false });
const log = pino({ level: config.logLevel, base: { app: 'worker', node: config.node.name } }, stderr);
endOnlyTheJob(log);
const worker = await startWorker(config, log).catch((error: Error) => {
  if (isMarteauError(error)) return stopWith(error.message, error.retry ? 1 : WRONG_ENVIRONMENT);
  throw error;
});
const probes = config.probes && (await openProbes(config.probes, worker).catch(cannotListen));
if (probes) process.stdout.write(`probes at ${probes.url}\n`);
process.stdout.write(`listening for runs as ${config.node.name}\n`);

worker.asked.then(leave);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => void leave(signal));

let isLeaving = false;

async function leave(why: string): Promise<void> {
  if (isLeaving) return;
  isLeaving = true;
  log.info({ signal: why }, 'leaving: what has begun is finished or handed back');
  await worker.leave();
  await probes?.close();
  stderr.flushSync();
  process.exit(0);
}

/** `--roles desk` is the same as MARTEAU_ROLES=desk, `--idle-exit 5m` as MARTEAU_IDLE_EXIT=5m. */
function settings(): Config {
  try {
    const { values } = parseArgs({ options: { roles: { type: 'string' }, 'idle-exit': { type: 'string' } } });
    return readConfig({
      ...process.env,
      ...(values.roles && { MARTEAU_ROLES: values.roles }),
      ...(values['idle-exit'] && { MARTEAU_IDLE_EXIT: values['idle-exit'] }),
    });
  } catch (error) {
    if (error instanceof ConfigError) return stopWith(error.message);
    throw error;
  }
}

function stopWith(sentence: string, code = WRONG_ENVIRONMENT): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(code);
}

function cannotListen({ message }: Error): never {
  return stopWith(
    `The probes cannot be answered: ${message}. Set MARTEAU_PROBES to a free port of this machine.`,
  );
}
