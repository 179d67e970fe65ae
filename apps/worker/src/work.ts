import { parseArgs } from 'node:util';
import { isMarteauError } from '@marteau/shared';
import { ConfigError } from '@marteau/store';
import { pino } from 'pino';
import { type Config, readConfig } from './config.ts';
import { endOnlyTheJob } from './lease/job-at-work.ts';
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
process.stdout.write(`listening for runs as ${config.node.name}\n`);

worker.asked.then(() => leave('stop, on the page of nodes'));
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => void leave(signal));

async function leave(signal: string): Promise<void> {
  log.info({ signal }, 'leaving: what has begun is finished or handed back');
  await worker.leave();
  stderr.flushSync();
  process.exit(0);
}

/** `--roles desk` is the same as MARTEAU_ROLES=desk. */
function settings(): Config {
  try {
    const { values } = parseArgs({ options: { roles: { type: 'string' } } });
    return readConfig({ ...process.env, ...(values.roles && { MARTEAU_ROLES: values.roles }) });
  } catch (error) {
    if (error instanceof ConfigError) return stopWith(error.message);
    throw error;
  }
}

function stopWith(sentence: string, code = WRONG_ENVIRONMENT): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(code);
}
