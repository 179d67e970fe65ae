import { findProgram } from './search-path.mjs';

/** The redis-server program: tests and benchmarks start their own, whatever REDIS_URL names. */
export const redisServer = {
  name: 'redis-server',
  packages: {
    apt: ['redis-server', 'valkey-server'],
    dnf: ['valkey', 'redis'],
    pacman: ['valkey'],
    apk: ['redis', 'valkey'],
    zypper: ['redis', 'valkey'],
    brew: ['redis'],
  },
  // Anywhere with a C compiler.
  fromSource:
    'curl -fsSL https://download.redis.io/redis-stable.tar.gz | tar xz && sudo make -C redis-stable install',
  isMissing: () => !findProgram('redis-server', 'valkey-server'),
};

/** A Redis to work with: the one that REDIS_URL names, else a program of which we start our own. */
export const redis = {
  ...redisServer,
  wayOut: 'set REDIS_URL to a Redis that runs already',
  isMissing: () => !process.env.REDIS_URL && redisServer.isMissing(),
};
