export { ControlClient, type ControlClientOptions } from './client/control-client.ts';
export { type StartedProxy, startProxy, stopProxy } from './client/start-proxy.ts';
export { commandLineOptions } from './config/command-line.ts';
export type { ChaosConfig, Words } from './config/config.ts';
export type { ChaosEvent } from './events.ts';
export { ChaosProxy, type ProxyOptions } from './proxy/chaos-proxy.ts';
export type { BehaviorSetting } from './proxy/setting.ts';
export { type RunningChaos, readConfig, startChaos } from './start-chaos.ts';
