import type { OutsideAnswer } from '@marteau/net';
import { shownText } from '@marteau/shared';
import { cutTo } from '../status.ts';
import { ForgeRefusal } from './forge-refusal.ts';

const LONGEST_SAID = 200;
const LONGEST_WAIT_MS = 86_400_000;

interface Asked {
  readonly hasToken: boolean;
  /** ms since 1970 */
  readonly now: number;
}

/** Why an answer is a refusal, as a sentence that says what to do, and whether and when to try again; null for success. */
export function refusalOf(
  host: string,
  answer: OutsideAnswer,
  { hasToken, now }: Asked,
): ForgeRefusal | null {
  const { status } = answer;
  if (status >= 200 && status < 300) return null;
  const said = saidIn(answer);
  const never = (message: string) => new ForgeRefusal(message, { status });
  const wait = waitOf(answer, now);
  if (status === 429 || (status === 403 && wait !== null)) {
    return new ForgeRefusal(`${host} asks for a pause (${status})${said}`, {
      status,
      again: true,
      afterMs: wait ?? 60_000,
    });
  }
  if (status >= 500 || status === 408) {
    return new ForgeRefusal(`${host} cannot do it now (${status})${said}`, {
      status,
      again: true,
      afterMs: wait,
    });
  }
  if (status >= 300 && status < 400) {
    return never(
      `${host} answered with a redirect (${status}), which is not followed. Was the repository renamed? Make a project of its new address.`,
    );
  }
  if (status === 401 || (status === 403 && !hasToken)) {
    return never(
      hasToken
        ? `${host} does not know the token (${status})${said}. Renew it under git in the server's secrets file.`
        : `${host} wants a token (${status})${said}. Put one under git in the server's secrets file.`,
    );
  }
  if (status === 403) {
    return never(
      `${host} does not let this token do that (${status})${said}. It needs to write commit statuses and comments.`,
    );
  }
  if (status === 404) {
    return never(
      `${host} knows no such repository, commit or pull request, or does not show it to ${hasToken ? 'this token' : 'who has no token'} (404)${said}`,
    );
  }
  return never(`${host} refused it (${status})${said}`);
}

/** How long the other side asks to wait, in ms; null where it does not. */
function waitOf({ headers }: OutsideAnswer, now: number): number | null {
  const after = String(headers['retry-after'] ?? '').trim();
  if (/^\d+$/.test(after)) return Math.min(Number(after) * 1000, LONGEST_WAIT_MS);
  const date = Date.parse(after);
  if (!Number.isNaN(date)) return Math.min(Math.max(0, date - now), LONGEST_WAIT_MS);
  if (String(headers['x-ratelimit-remaining'] ?? headers['ratelimit-remaining'] ?? '') !== '0') return null;
  const reset = Number(headers['x-ratelimit-reset'] ?? headers['ratelimit-reset'] ?? Number.NaN) * 1000;
  return Number.isFinite(reset) ? Math.min(Math.max(1000, reset - now), LONGEST_WAIT_MS) : 60_000;
}

/** ': Validation Failed' of what it says about itself; nothing of a page. */
function saidIn({ text }: OutsideAnswer): string {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return '';
  }
  const { message, error, errors } = (body ?? {}) as Record<string, unknown>;
  const parts = [message, nested(error), ...(Array.isArray(errors) ? errors.map(nested) : [])];
  const said = parts
    .flatMap((part) => (typeof part === 'string' ? [part] : part ? [JSON.stringify(part)] : []))
    .join('; ');
  return said === '' ? '' : `: ${cutTo(shownText(said).replace(/\s+/g, ' '), LONGEST_SAID)}`;
}

function nested(value: unknown): unknown {
  return (value as { message?: unknown } | null)?.message ?? value;
}
