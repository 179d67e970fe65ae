import type { Agent } from './agent.ts';
import type { Exchange } from './exchange.ts';
import { failureOfSignal, fetchError } from './failure.ts';
import { redirected } from './redirect.ts';
import { type FetchInput, type OutgoingRequest, readRequest, request } from './request.ts';
import { noHeaders } from './request-headers.ts';
import { FetchResponse } from './response.ts';

const nativeFetch = globalThis.fetch;

/**
 * The `fetch` that a script calls under load.
 * @param agentNow the agent of the user that is running
 */
export function fetchFor(agentNow: () => Agent): typeof fetch {
  const plain = new Map<string, OutgoingRequest>();

  function plainGet(agent: Agent, url: string): OutgoingRequest {
    const known = plain.get(url);
    if (known) return known;
    const route = agent.client.routes.of(url);
    const made = request(agent.client, {
      method: 'GET',
      route,
      headers: noHeaders,
      body: null,
      redirect: 'follow',
      signal: null,
    });
    if (plain.size >= 1000) plain.clear();
    plain.set(url, made);
    return made;
  }

  // An async function, so that the stack of an error goes back to the line of the script that awaits it.
  return async function fetch(input: FetchInput, init?: RequestInit): Promise<Response> {
    const agent = agentNow();
    if (init === undefined && typeof input === 'string' && plain.has(input)) {
      const exchange = agent.send(plain.get(input)!);
      await exchange.answered;
      if (exchange.head !== null && exchange.head.status < 300)
        return new FetchResponse(exchange, false) as Response;
      return follow(agent, exchange);
    }
    if (isLocal(input)) return nativeFetch(input, init);
    return answerTo(
      agent,
      init === undefined && typeof input === 'string'
        ? plainGet(agent, input)
        : await readRequest(agent.client, input, init),
    );
  };
}

/** `data:` and `blob:` never leave the process. */
function isLocal(input: FetchInput): boolean {
  return /^(?:data|blob):/i.test(input instanceof Request ? input.url : String(input));
}

async function answerTo(agent: Agent, request: OutgoingRequest): Promise<Response> {
  if (request.signal?.aborted) throw fetchError(failureOfSignal(request.signal));
  const exchange = agent.send(request);
  await exchange.answered;
  return follow(agent, exchange);
}

/** The answer of an exchange, or of those that it redirects to. */
async function follow(agent: Agent, first: Exchange): Promise<Response> {
  let exchange = first;
  for (let hops = 0; ; hops += 1) {
    if (exchange.head === null) throw fetchError(exchange.failure!);
    const next = redirected(agent.client, exchange, hops);
    if (!next) return new FetchResponse(exchange, hops > 0) as Response;
    if (next.signal?.aborted) throw fetchError(failureOfSignal(next.signal));
    exchange.body!.discard();
    exchange = agent.send(next);
    await exchange.answered;
  }
}
