import type { Agent } from './agent.ts';
import type { Exchange } from './exchange.ts';
import { type Failure, failureOfSignal, fetchError } from './failure.ts';
import { redirected } from './redirect.ts';
import { type FetchInput, type OutgoingRequest, readRequest } from './request.ts';
import { FetchResponse } from './response.ts';

const nativeFetch = globalThis.fetch;
const MOST_PLAIN = 1000;

/** On whose behalf a request is made. */
export interface Caller {
  readonly agent: Agent;
  /** What it is to be counted under; its method and path where there is none. */
  readonly label?: string;
}

/**
 * The `fetch` that a script calls under load.
 * @param callerNow tells who is running
 */
export function fetchFor(callerNow: () => Caller): typeof fetch {
  /** Requests of nothing but a URL, which most are: nothing of them changes. */
  const plain = new Map<string, OutgoingRequest>();

  // As many parameters as Node's own says that it has.
  return function fetch(input: FetchInput, init: RequestInit | undefined = undefined): Promise<Response> {
    // Not the path `undefined` of the target.
    if (input === undefined) return Promise.reject(new TypeError('Failed to parse URL from undefined'));
    const { agent, label } = callerNow();
    const isPlain = init === undefined && typeof input === 'string';
    const known = isPlain ? plain.get(input) : undefined;
    if (known) return answerTo(agent, labelled(agent, known, label));
    if (isLocal(input)) return nativeFetch(input, init);
    try {
      const request = readRequest(agent.client, input, init);
      if (request instanceof Promise)
        return request.then((read) => answerTo(agent, labelled(agent, read, label)));
      if (isPlain && plain.size < MOST_PLAIN) plain.set(input, request);
      return answerTo(agent, labelled(agent, request, label));
    } catch (error) {
      return Promise.reject(error);
    }
  };
}

/** The same, counted under another name where there is one. */
export function labelled(
  { client }: Agent,
  request: OutgoingRequest,
  label: string | undefined,
): OutgoingRequest {
  return label === undefined ? request : { ...request, label: client.labels.of('request', label) };
}

/** `data:` and `blob:` never leave the process. */
function isLocal(input: FetchInput): boolean {
  const url = typeof input !== 'string' && input instanceof Request ? input.url : String(input);
  return /^(?:data|blob):/i.test(url);
}

/** Sends a request and gives its answer. Most answers are ready to be handed on, and cost one promise. */
function answerTo(agent: Agent, request: OutgoingRequest): Promise<Response> {
  if (request.signal?.aborted) return fail(failureOfSignal(request.signal));
  return new Promise((resolve) => {
    agent.send(request, (exchange) => {
      const { head } = exchange;
      const ready = head !== null && (head.status < 300 || head.status >= 400);
      resolve(ready ? (new FetchResponse(exchange, false) as Response) : follow(agent, exchange));
    });
  });
}

/** The answer of an exchange, or of those that it redirects to. */
async function follow(agent: Agent, first: Exchange): Promise<Response> {
  const { exchange, hops, failure } = await followed(agent, first);
  return failure ? fail(failure) : (new FetchResponse(exchange, hops > 0) as Response);
}

/** The exchange that an exchange leads to, by however many redirects; with a failure where there is no answer. */
export async function followed(
  agent: Agent,
  first: Exchange,
): Promise<{ readonly exchange: Exchange; readonly hops: number; readonly failure: Failure | null }> {
  let exchange = first;
  for (let hops = 0; ; hops += 1) {
    if (exchange.head === null) return { exchange, hops, failure: exchange.failure! };
    const next = redirected(agent.client, exchange, hops);
    if (!next) return { exchange, hops, failure: null };
    if (next.signal?.aborted) return { exchange, hops, failure: failureOfSignal(next.signal) };
    exchange.body!.discard();
    exchange = await new Promise<Exchange>((resolve) => agent.send(next, resolve));
  }
}

/**
 * Throws what fetch fails with, three turns of the microtask queue later: by then the promise that the script awaits is
 * linked to ours, and V8 finds the line of the script for the stack.
 */
async function fail(failure: Failure): Promise<never> {
  for (let turns = 0; turns < 3; turns += 1) await null;
  throw fetchError(failure);
}
