import { type Allowed, askOutside, NotAllowed } from '@marteau/net';
import { shownText } from '@marteau/shared';
import type { ChannelAddress, News } from './channel.ts';
import { channelOf } from './registry.ts';

/** What became of one try. `later`: not before `afterMs` where the other side said so. */
export interface Sent {
  readonly outcome: 'sent' | 'later' | 'refused';
  readonly detail: string;
  readonly afterMs?: number | null;
}

export interface Sending {
  readonly allowed: Allowed;
  readonly signal: AbortSignal;
  /** ms since 1970 */
  readonly now: number;
}

const DEADLINE_MS = 20_000;
const MOST_BYTES = 2000;

/** Tries once. No redirect is followed, and what it says of the other side never has the address, which is a secret. */
export async function send(
  news: News,
  address: ChannelAddress,
  { allowed, signal, now }: Sending,
): Promise<Sent> {
  const { url, headers = {}, body } = channelOf(address.kind).write(news, address, now);
  const host = new URL(url).host;
  const within = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
  try {
    const answer = await askOutside(url, {
      method: 'POST',
      headers,
      body,
      signal: within,
      allowed,
      mostBytes: MOST_BYTES,
    });
    const { status, text } = answer;
    if (status >= 200 && status < 300) return { outcome: 'sent', detail: `${host} took it` };
    const said = shownText(text).replace(/\s+/g, ' ').trim().slice(0, 150);
    const detail = `${host} answered ${status}${said ? `: ${said}` : ''}`;
    const after = String(answer.headers['retry-after'] ?? '');
    if (status === 429 || status >= 500) {
      return { outcome: 'later', detail, afterMs: /^\d{1,6}$/.test(after) ? Number(after) * 1000 : null };
    }
    return { outcome: 'refused', detail };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof NotAllowed)
      return { outcome: 'refused', detail: `${host} was not asked: ${error.message}` };
    const { code = 'no answer' } = error as NodeJS.ErrnoException;
    return { outcome: 'later', detail: `${host} does not answer: ${String(code)}` };
  }
}
