export { type ChaosEvent, ChaosEvents } from './events.ts';
export { ChaosProxy, type ProxyOptions } from './proxy/chaos-proxy.ts';
export type { BehaviorSetting } from './proxy/setting.ts';
