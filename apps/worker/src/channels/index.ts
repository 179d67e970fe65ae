import type { Context } from '../context.ts';
import type { Channel } from './channel.ts';
import { mailChannel } from './mail/channel.ts';

/** Every way by which this worker tells people. */
export function openChannels(context: Context): Channel[] {
  return [mailChannel(context)];
}
