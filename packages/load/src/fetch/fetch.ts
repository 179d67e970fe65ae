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
  async function fetch(input: FetchInput, init?: RequestInit): Promise<Response> {
    const agent = agentNow();
    if (typeof input === 'string') {
      if (init === undefined && !isLocal(input)) return answerTo(agent, plainGet(agent, input));
    }
    if (isLocal(input)) return nativeFetch(input, init);
    return answerTo(agent, await readRequest(agent.client, input, init));
  }

  return fetch;
}

/** `data:` and `blob:` never leave the process. */
function isLocal(input: FetchInput): boolean {
  return /^(?:data|blob):/i.test(input instanceof Request ? input.url : String(input));
}

async function answerTo(agent: Agent, first: OutgoingRequest): Promise<Response> {
  let outgoing = first;
  for (let hops = 0; ; hops += 1) {
    if (outgoing.signal?.aborted) throw fetchError(failureOfSignal(outgoing.signal));
    const exchange = agent.send(outgoing);
    await exchange.answered;
    if (exchange.head === null) throw fetchError(exchange.failure!);
    const next = redirected(agent.client, exchange, hops);
    if (!next) return responseOf(exchange, hops > 0);
    exchange.body!.discard();
    outgoing = next;
  }
}

function responseOf(exchange: Exchange, redirected: boolean): Response {
  const { request, head, body } = exchange;
  const { status } = head!;
  const hasBody = request.method !== 'HEAD' && status !== 204 && status !== 304;
  return new FetchResponse({
    head: head!,
    body: body!,
    url: request.route.href,
    redirected,
    hasBody,
  }) as Response;
}
