export type { Exit, ExitCause } from './exit.ts';
export { launch } from './launch.ts';
export { sweepLeftovers } from './leftovers.ts';
export { type RedisOptions, type RedisServer, startRedisServer } from './redis/redis-server.ts';
export { strongestSandbox } from './sandboxes/registry.ts';
export type { Launched, LaunchSpec } from './spec.ts';
