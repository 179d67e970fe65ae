export type { Compartment, Containment, Reachable, Rung } from './compartment.ts';
export type { Exit, ExitCause } from './exit.ts';
export { findProgram } from './find-program.ts';
export { launch } from './launch.ts';
export * from './launcher.ts';
export { sweepLeftovers } from './leftovers.ts';
export { isAlive } from './processes.ts';
export { ForeignFileError, openForeignFile, readForeignFile } from './read-foreign-file.ts';
export { type RedisOptions, type RedisServer, startRedisServer } from './redis/redis-server.ts';
export { notContained, openUncontained } from './rungs/in-place.ts';
export {
  type ContainSetting,
  containSettings,
  findRung,
  ladder,
  sweepCompartments,
  whyNot,
} from './rungs/ladder.ts';
export type { Exceeded } from './sandboxes/cgroup.ts';
export type { EgressLimit, EgressRule } from './sandboxes/egress/policy.ts';
export { strongestSandbox } from './sandboxes/registry.ts';
export { serveSideProcess, startSideProcess } from './side-process.ts';
export type { Launched, LaunchSpec } from './spec.ts';
export { isGoneProcess, openWorkFolder, sweepWorkFolders, type WorkFolder } from './work-folder.ts';
