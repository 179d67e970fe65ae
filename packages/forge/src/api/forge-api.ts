import { type Allowed, askOutside, NotAllowed, type OutsideAnswer } from '@marteau/net';
import { cutTo } from '../status.ts';
import { ForgeRefusal } from './forge-refusal.ts';
import { refusalOf } from './refusal-of.ts';

/** One repository at a forge, as its API is asked. */
export interface ForgeApi {
  /** The address under which it is asked, without a slash at its end. */
  readonly base: string;
  /** `owner/name`, as it stands in the project's address; groups of groups have more of them. */
  readonly path: string;
  /** @throws ForgeRefusal; what the forge answers where it did it, null where that is empty */
  call(method: string, path: string, body?: unknown): Promise<unknown>;
  /**
   * Reads what may not have changed. @param tag of the answer before; null for none
   * @returns null where it is as it was @throws ForgeRefusal
   */
  read(path: string, tag: string | null): Promise<{ body: unknown; tag: string | null } | null>;
}

export interface ForgeAccess {
  /** Without a slash at its end. */
  readonly base: string;
  readonly repo: URL;
  /** A token, or USER:PASSWORD; null asks as a stranger. */
  readonly token: string | null;
  /** Whether a user's name belongs to the token. */
  readonly basic?: boolean;
  readonly allowed: Allowed;
  readonly signal: AbortSignal;
  /** ms since 1970 */
  now(): number;
}

const NOT_MODIFIED = 304;
const LONGEST_TAG = 300;
const DEADLINE_MS = 20_000;
/** A page of a hundred long comments. */
const MOST_BYTES = 16 * 1024 * 1024;

export function openForgeApi(access: ForgeAccess): ForgeApi {
  const { base, repo, token, basic = false, allowed, signal, now } = access;
  const host = new URL(base).host;
  const headers = {
    accept: 'application/json',
    'content-type': 'application/json',
    ...authorized(token, basic),
  };
  return {
    base,
    path: decodeURIComponent(repo.pathname.slice(1))
      .replace(/\/+$/, '')
      .replace(/\.git$/, ''),
    call: async (method, path, body) => bodyOf(await ask(method, path, { body })),
    async read(path, tag) {
      const more: Record<string, string> = tag === null ? {} : { 'if-none-match': tag };
      const answer = await ask('GET', path, { more, isSame: tag !== null });
      if (answer.status === NOT_MODIFIED) return null;
      return { body: bodyOf(answer), tag: answer.headers.etag?.slice(0, LONGEST_TAG) ?? null };
    },
  };

  async function ask(
    method: string,
    path: string,
    { body, more = {}, isSame = false }: { body?: unknown; more?: Record<string, string>; isSame?: boolean },
  ): Promise<OutsideAnswer> {
    const answer = await askOutside(`${base}${path}`, {
      method,
      headers: { ...headers, ...more },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
      allowed,
      mostBytes: MOST_BYTES,
    }).catch((error: Error) => {
      signal.throwIfAborted();
      throw unreachable(host, error);
    });
    if (isSame && answer.status === NOT_MODIFIED) return answer;
    const refusal = refusalOf(host, answer, { hasToken: token !== null, now: now() });
    if (refusal) throw refusal;
    return answer;
  }

  function bodyOf(answer: OutsideAnswer): unknown {
    if (answer.text.trim() === '') return null;
    try {
      return JSON.parse(answer.text);
    } catch {
      throw new ForgeRefusal(
        `${host} answered with a page where its API should be. Is ${base} the base address of its API?`,
        { status: answer.status },
      );
    }
  }
}

function authorized(token: string | null, basic: boolean): Record<string, string> {
  if (token === null) return {};
  if (basic && token.includes(':')) {
    return { authorization: `Basic ${Buffer.from(token).toString('base64')}` };
  }
  return { authorization: `Bearer ${token.slice(token.indexOf(':') + 1)}` };
}

function unreachable(host: string, error: Error): ForgeRefusal {
  if (error instanceof NotAllowed) {
    return new ForgeRefusal(
      `${host} was not asked: ${error.message}. Name the host in MARTEAU_ALLOW_HOSTS if it is yours.`,
    );
  }
  const { code = error.message } = error as NodeJS.ErrnoException;
  const why = error.name === 'TimeoutError' ? `nothing within ${DEADLINE_MS / 1000} s` : cutTo(code, 100);
  return new ForgeRefusal(`${host} does not answer: ${why}`, { again: true });
}
