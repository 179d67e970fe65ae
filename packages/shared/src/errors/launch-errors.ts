import { entry } from './entry.ts';

/** What can go wrong when the service starts its own Redis. */
export const launchErrors = {
  'redis-missing': entry<{ install: string }>(
    503,
    ({ install }) =>
      `Redis is not on this node: neither redis-server nor valkey-server was found on the PATH. Install it (${install}), or set REDIS_URL to one that runs.`,
  ),
  'redis-port-taken': entry<{ port: number }>(
    503,
    ({ port }) =>
      `Another program listens on 127.0.0.1:${port}, where Redis should be started. Stop that program, or choose another port.`,
  ),
  'redis-failed': entry<{ folder: string; detail: string }>(
    503,
    ({ folder, detail }) =>
      `Redis was started in ${folder} but did not become ready: ${detail}. Its data is untouched; correct what it names and start again.`,
  ),
};
