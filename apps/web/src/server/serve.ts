import process from 'node:process';
import { isGoneProcess, sweepWorkFolders } from '@marteau/launch';
import { hostInUrl } from '@marteau/net';
import { isMarteauError } from '@marteau/shared';
import { sweepReads } from '@marteau/source';
import { ConfigError, openStore } from '@marteau/store';
import { pino } from 'pino';
import { readConfig, type WebConfig } from '../config.ts';
import { startWork } from '../continuous/work.ts';
import { SEARCH_FOLDER } from '../search/search.ts';
import { buildApp } from './app.ts';

/** What a process ends with whose environment is wrong: starting it again would change nothing. */
const WRONG_ENVIRONMENT = 78;

const config = settings();
const log = pino(
  { level: config.logLevel, base: { app: 'web' } },
  pino.destination({ dest: 2, sync: false }),
);
const swept = await sweepReads();
if (swept.length > 0) log.info({ folders: swept }, 'removed what reads of a killed process had left');
await sweepWorkFolders(SEARCH_FOLDER, isGoneProcess);
const store = await openStore({
  redisUrl: config.redisUrl,
  dataFolder: config.dataFolder,
  bucket: config.bucket,
  log,
  clientName: 'web',
  kind: 'web',
  rules: { perSubmitter: config.perSubmitter, nodesMax: config.nodesMax },
}).catch((error: Error) => {
  if (isMarteauError(error)) return stopWith(error);
  throw error;
});
const app = await buildApp({ config, store, log, tell: (line) => process.stdout.write(`${line}\n`) });
const address = await app
  .listen({ host: config.host, port: config.port })
  .catch((error) => stopWith(listenError(error, config)));
process.stdout.write(`listening on ${address}\n`);
const url = config.url ?? `http://${hostInUrl(config.host)}:${new URL(address).port || 80}`;
const work = startWork({ config, store, log, url, now: Date.now });

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());

/** Ends the live streams, answers what was asked already, and closes the store. */
async function stop() {
  await app.close();
  await work.close();
  await store.close();
  process.exit(0);
}

function settings(): WebConfig {
  try {
    return readConfig(process.env, process.cwd());
  } catch (error) {
    if (error instanceof ConfigError) return stopWith(error);
    throw error;
  }
}

function listenError(error: NodeJS.ErrnoException, { host, port }: WebConfig): Error {
  if (error.code === 'EADDRINUSE') {
    return new ConfigError(`Port ${port} of ${host} is taken by another program. Set PORT to a free one.`);
  }
  if (error.code === 'EACCES') {
    return new ConfigError(`Port ${port} needs rights that this process lacks. Set PORT to one above 1023.`);
  }
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new ConfigError(
      `HOST is ${host}, which is no address of this machine. Set it to one, or to 127.0.0.1.`,
    );
  }
  return error;
}

function stopWith(error: Error): never {
  process.stderr.write(`${error.message}\n`);
  const again = isMarteauError(error) ? error.retry : !(error instanceof ConfigError);
  process.exit(again ? 1 : WRONG_ENVIRONMENT);
}
