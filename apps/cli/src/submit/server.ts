import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '../errors/command-error.ts';
import { exitCodeOf } from '../errors/in-words.ts';
import { exitCodes } from '../exit-codes.ts';

interface ServerOptions {
  /** Where the server is: `https://marteau.example.com`. */
  url: string;
  token: string | undefined;
  signal: AbortSignal;
}

interface Request {
  method?: string;
  body?: object;
  headers?: Record<string, string>;
}

/** The API of a Marteau server. */
export interface Server {
  readonly url: string;
  /** @throws CommandError with the server's own sentence, or one that says that it does not answer */
  json<T>(path: string, request?: Request): Promise<T>;
  /** The answer as it comes; a TypeError when the connection breaks. */
  open(path: string, headers: Record<string, string>): Promise<Response>;
}

const TRIES = 5;
const AGAIN_MS = 500;
const ANSWER_WITHIN_MS = 30_000;

/** @throws CommandError when the address is none */
export function openServer({ url: given, token, signal }: ServerOptions): Server {
  const parsed = URL.parse(given);
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:')
    throw new CommandError(
      `'${given}' is not the address of a Marteau server. Give one such as https://marteau.example.com with --server, or in MARTEAU_URL.`,
      exitCodes.usage,
    );
  const url = parsed.href.replace(/\/+$/, '');
  const common: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};

  /** Tries again while the server does not answer, or says that later it may. */
  const ask = async (path: string, { method = 'GET', body, headers = {} }: Request): Promise<Response> => {
    for (let tries = 1; ; tries++) {
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: { ...common, ...(body && { 'content-type': 'application/json' }), ...headers },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
      }).catch((error: Error) => error);
      signal.throwIfAborted();
      const later = answer instanceof Error || answer.status === 502 || answer.status === 503;
      if (!later) return answer;
      if (tries === TRIES) throw answer instanceof Error ? unreachable(url, answer) : await refused(answer);
      await sleep(AGAIN_MS * tries, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  };

  return {
    url,
    async json<T>(path: string, request: Request = {}): Promise<T> {
      const answer = await ask(path, request);
      if (!answer.ok) throw await refused(answer);
      return (await answer.json()) as T;
    },
    open: (path, headers) => fetch(`${url}${path}`, { headers: { ...common, ...headers }, signal }),
  };
}

function unreachable(url: string, error: Error): CommandError {
  const { code, message } = Object(error.cause ?? error) as { code?: string; message: string };
  const why = code ?? message;
  return new CommandError(
    `The server at ${url} does not answer (${why}). Check that it runs and that --server or MARTEAU_URL is its address.`,
    exitCodes.surroundings,
  );
}

async function refused(answer: Response): Promise<CommandError> {
  const problem = (await answer.json().catch(() => null)) as { detail?: string; code?: string } | null;
  if (!problem?.detail)
    return new CommandError(
      `${answer.url} answered ${answer.status}, and not as a Marteau server does. Check the address.`,
      exitCodes.surroundings,
    );
  if (answer.status === 401)
    return new CommandError(
      'This server asks for its access token. Set MARTEAU_ACCESS_TOKEN to it.',
      exitCodes.surroundings,
    );
  return new CommandError(problem.detail, exitCodeOf(problem.code ?? null));
}
