import { MarteauError } from '@marteau/shared';

const ANSWER_WITHIN_MS = 5_000;

/** Asks a control server. */
export type Ask = (method: string, path: string, body?: object) => Promise<unknown>;

/**
 * @param base the address of the server
 * @returns answers with what came as JSON; null for nothing, and for 404 on DELETE
 */
export function askAt(base: string, token?: string): Ask {
  const root = base.replace(/\/$/, '');
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'marteau',
    ...(token ? { authorization: `Bearer ${token}` } : {}),
  };
  return async (method, path, body) => {
    const where = root + path;
    const failed = (detail: string, cause?: unknown) =>
      new MarteauError('chaos-control-failed', { where, detail }, { cause });
    let response: Response;
    let text: string;
    try {
      const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
      response = await fetch(where, {
        method,
        headers,
        signal,
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      text = await response.text();
    } catch (error) {
      throw failed('nobody answers there; start it with marteau proxy', error);
    }
    if (response.ok) return text.trim() === '' ? null : parsed(text);
    if (response.status === 404 && method === 'DELETE') return null;
    const { detail, error } = (parsed(text) ?? {}) as { detail?: string; error?: string };
    throw failed((detail ?? error ?? `it answered ${response.status}`).replace(/\.$/, ''));
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
