import { ParseError } from './parse-error.ts';

/** Why a request has no answer: an error class for the report, and a sentence. */
export interface Failure {
  /** 'ECONNRESET', 'timeout', 'aborted', 'closed', 'parse: content-length', … */
  readonly code: string;
  readonly message: string;
  readonly cause?: unknown;
  /** What fetch rejects with in place of its own error: the reason of an AbortSignal. */
  readonly reason?: unknown;
}

const NO_FILES =
  'this machine lets no more files and sockets be open. Raise its limit (ulimit -n), or use more nodes';

/** What the generator's machine ran out of, and what to do about it: the target is not to blame. */
const whatToDo: Readonly<Record<string, string>> = {
  EADDRNOTAVAIL:
    'no port is left on this machine for another connection there. Keep connections open, use more nodes, or widen net.ipv4.ip_local_port_range',
  EMFILE: NO_FILES,
  ENFILE: NO_FILES,
};

/** The stream of a request's body failed: what it threw is the cause. */
const REQUEST_BODY = 'request body';

/** The failure that an error of a socket, the resolver or the parser means. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ParseError) return { code: error.code, message: error.message, cause: error };
  const { code = 'error', message } = error as NodeJS.ErrnoException;
  const said = message || String(error);
  return { code, message: code in whatToDo ? `${said}: ${whatToDo[code]}` : said, cause: error };
}

/** The failure that an aborted signal means; one of `AbortSignal.timeout` is a timeout. */
export function failureOfSignal({ reason }: AbortSignal): Failure {
  const timedOut = reason instanceof DOMException && reason.name === 'TimeoutError';
  const message = reason instanceof Error ? reason.message : String(reason);
  return { code: timedOut ? 'timeout' : 'aborted', message, reason };
}

/**
 * What `fetch` rejects with: as Node's own a TypeError that says no more than 'fetch failed', or 'terminated' where the
 * body broke off, and whose cause says why.
 */
export function fetchError(failure: Failure, what: 'fetch failed' | 'terminated' = 'fetch failed'): unknown {
  if ('reason' in failure) return failure.reason;
  const { code, message, cause } = failure;
  const isOfSystem = cause instanceof Error && 'code' in cause && !(cause instanceof ParseError);
  return new TypeError(what, {
    cause:
      isOfSystem || code === REQUEST_BODY
        ? cause
        : Object.assign(new Error(message), { code: codeOfNode(code, what) }),
  });
}

/** A request that fetch does not make, told as Node's own does: the cause says why. */
export function refusedFetch(why: string, code?: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(why), code && { code }) });
}

/** What scripts look for in `error.cause.code`; the report counts our own classes, which tell more. */
function codeOfNode(code: string, what: string): string {
  if (code === 'closed') return 'UND_ERR_SOCKET';
  if (code === 'timeout') return what === 'terminated' ? 'UND_ERR_BODY_TIMEOUT' : 'UND_ERR_HEADERS_TIMEOUT';
  if (code === 'aborted') return 'UND_ERR_ABORTED';
  return code.startsWith('parse: ') ? 'HPE_INVALID_CONSTANT' : code;
}
