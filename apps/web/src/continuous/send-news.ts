import { outsidePolicy } from '@marteau/net';
import { type ChannelAddress, type News, type Sent, send } from '@marteau/notify';
import type { Continuous } from './context.ts';

/** Sends to a channel once. It may well be inside; what tells a machine who it is never is one. */
export function sendNews(
  { config, closing, now }: Pick<Continuous, 'config' | 'closing' | 'now'>,
  news: News,
  address: ChannelAddress,
): Promise<Sent> {
  const { deny } = config.outside;
  const allowed = outsidePolicy({ allowPrivate: config.sources.allowPrivate, ...(deny && { deny }) });
  return send(news, address, { allowed, signal: closing, now: now() });
}
