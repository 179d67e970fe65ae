export { type ChannelAddress, ChannelKind, type News } from './channel.ts';
export { decideTelling, type LastTold, nothingTold, type Policy } from './policy.ts';
export { kindOfAddress } from './registry.ts';
export { type Sent, send } from './send.ts';
