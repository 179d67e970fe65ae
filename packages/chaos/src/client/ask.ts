import { type Allowed, anywhere, askOutside, NotAllowed, type OutsideAnswer } from '@marteau/net';
import { MarteauError } from '@marteau/shared';

const ANSWER_WITHIN_MS = 5_000;
const MOST_BYTES = 4 * 1024 * 1024;

/** Asks a control server. */
export type Ask = (method: string, path: string, body?: object) => Promise<unknown>;

export interface AskOptions {
  readonly token?: string | undefined;
  /** Which addresses may be asked; all but metadata ones unless given. */
  readonly allowed?: Allowed | undefined;
  /** Ends all that is asked. */
  readonly within?: AbortSignal | undefined;
}

/**
 * @param base the address of the server; what a path is not, a query say, is no part of it
 * @returns answers with what came as JSON; null for nothing, and for 404 on DELETE
 */
export function askAt(base: string, { token, allowed = anywhere, within }: AskOptions = {}): Ask {
  const root = rootOf(base);
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'marteau',
    ...(token ? { authorization: `Bearer ${token}` } : {}),
  };
  return async (method, path, body) => {
    const where = root + path;
    const failed = (detail: string, cause?: unknown) =>
      new MarteauError('chaos-control-failed', { where, detail }, { cause });
    let answer: OutsideAnswer;
    try {
      const timeout = AbortSignal.timeout(ANSWER_WITHIN_MS);
      const signal = within ? AbortSignal.any([within, timeout]) : timeout;
      const sent = body ? { body: JSON.stringify(body) } : {};
      answer = await askOutside(where, { method, headers, signal, allowed, mostBytes: MOST_BYTES, ...sent });
    } catch (error) {
      if (error instanceof NotAllowed) throw failed(error.message, error);
      throw failed('nobody answers there; start it with marteau proxy', error);
    }
    const { status, text } = answer;
    if (status >= 200 && status < 300) return text.trim() === '' ? null : parsed(text);
    if (status === 404 && method === 'DELETE') return null;
    const { detail, error } = (parsed(text) ?? {}) as { detail?: string; error?: string };
    throw failed((detail ?? error ?? `it answered ${status}`).replace(/\.$/, ''));
  };
}

/** Without a slash at its end; as it is where it is no address, which asking says. */
export function rootOf(base: string): string {
  const url = URL.parse(base);
  return (url === null ? base : url.origin + url.pathname).replace(/\/+$/, '');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
