import { enableCompileCache } from 'node:module';
import process from 'node:process';
import { openStore } from '@marteau/store';
import { pino } from 'pino';
import { buildApp } from './app.ts';
import { ConfigError, readConfig, type WebConfig } from './config.ts';

enableCompileCache();

const config = settings();
const log = pino(
  { level: config.logLevel, base: { app: 'web' } },
  pino.destination({ dest: 2, sync: false }),
);
const store = await openStore({
  redisUrl: config.redisUrl,
  dataFolder: config.data,
  log,
  clientName: 'web',
  kind: 'web',
});
const app = await buildApp({ config, store, log });
const address = await app.listen({ host: config.host, port: config.port }).catch(stopWith);
process.stdout.write(`listening on ${address}\n`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());

/** Ends the live streams, answers what was asked already, and closes the store. */
async function stop() {
  await app.close();
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

function stopWith(error: Error): never {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
