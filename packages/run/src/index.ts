export { controlsOf, type PriorState, restorePriorState } from '@marteau/chaos';
export { anywhere } from '@marteau/net';
export { describeRun } from '@marteau/tools';
export { type Around, type AroundOptions, startAround } from './around/around.ts';
export { elsewherePart } from './around/elsewhere/elsewhere-part.ts';
export { listenOn, type Surroundings, surroundingsOf } from './around/elsewhere/surroundings.ts';
export type { AroundContext } from './around/part.ts';
export { partsOf } from './around/parts-of.ts';
export type { PhaseOutput } from './console/output.ts';
export { RunConsole } from './console/run-console.ts';
export { type Deadlines, startDeadline } from './deadline.ts';
export type { Engine, EnginePlan, EngineShare, EngineWork, Mode, Running } from './engine/engine.ts';
export { engineOf } from './engine/engine-of.ts';
export { type FoundScript, findScripts } from './engine/find-scripts.ts';
export { foundRunner, scriptText } from './engine/found-runner.ts';
export { type ObservedTool, recordedEngine } from './engine/recorded-engine.ts';
export { toolsHere } from './engine/tool/tools-here.ts';
export { fillSecrets, secretsIn } from './environment/fill-secrets.ts';
export { foreignEnv, type Places } from './environment/foreign-env.ts';
export { missingDeps } from './install/missing-deps.ts';
export { npmSettings, passwordsIn } from './install/npm-settings.ts';
export type { SetupCache } from './install/run-setup.ts';
export { watchDisk } from './limits/watch-disk.ts';
export type { NetworkRules } from './network/held-network.ts';
export { preflightFile, requireIteration } from './preflight.ts';
export { consoleLine } from './progress.ts';
export {
  type GenerateOptions,
  generateShare,
  type MeasuredShare,
  type PreparedShare,
  prepareShare,
  type ShareOptions,
} from './share.ts';
export { requireSupported } from './supported.ts';
export { readTraffic } from './traffic.ts';
