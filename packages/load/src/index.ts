export { type CalibrateOptions, type Calibration, calibrate } from './calibrate/calibrate.ts';
export { GeneratorHealth } from './judge/generator-health.ts';
export { type CheckJob, checkScript } from './share/check-script.ts';
export type { LoadOptions, ShareJob, ShareLimits } from './share/job.ts';
export { loadersIn } from './share/loader-variables.ts';
export { namesOfTests } from './share/names-of-tests.ts';
export type { ShareDone } from './share/read-measurements.ts';
export { runLoad } from './share/run-load.ts';
export { sharedInstances } from './share/shared-instances.ts';
export {
  type RunningShare,
  type ScriptLoaded,
  type ShareOptions,
  type ShareReady,
  startShare,
} from './share/start-share.ts';
export type { ListedTest } from './thread/messages.ts';
