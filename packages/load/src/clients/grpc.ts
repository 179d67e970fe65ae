import type { EventEmitter } from 'node:events';
import type { LabelledMetrics } from '../count/kind-metrics.ts';
import type { Agent } from '../fetch/agent.ts';
import type { Exchange } from '../fetch/exchange.ts';
import type { Caller } from '../fetch/fetch.ts';
import { readHeaders } from '../fetch/request-headers.ts';
import type { KnownPackage } from './known-packages.ts';

/** How a call ended, as the client says. */
interface Status {
  readonly code: number;
  readonly details: string;
}

type Write = (message: unknown) => Buffer;
type Read = (bytes: Buffer) => unknown;
/** One of the four kinds of calls, as the stubs of all services end in it. */
type Make = (this: GrpcClient, path: string, write: Write, read: Read, ...rest: unknown[]) => EventEmitter;

interface GrpcClient {
  getChannel(): { getTarget(): string };
}

const MAKERS = [
  'makeUnaryRequest',
  'makeServerStreamRequest',
  'makeClientStreamRequest',
  'makeBidiStreamRequest',
];

/** By number; grpc.github.io/grpc/core/md_doc_statuscodes.html. */
const NAMES =
  'OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS UNAUTHENTICATED'.split(
    ' ',
  );

const NOTE =
  'Calls by @grpc/grpc-js take the slow road: they are measured, with connections of their own, and cost the generator several times what fetch does.';

/**
 * Calls of gRPC by `@grpc/grpc-js`, from the call to its status: what waits for a connection, runs into its deadline or
 * finds no server is measured, too, of which HTTP/2 alone sees nothing.
 * @param callerNow tells who is running
 */
export function grpcPackage(callerNow: () => Caller, note: (text: string) => void): KnownPackage {
  return {
    file: '/@grpc/grpc-js/build/src/client.js',
    watch(exports) {
      const { Client } = exports as { Client?: { prototype: Record<string, Make> } };
      if (!Client) return false;
      for (const name of MAKERS) {
        const make = Client.prototype[name]!;
        Client.prototype[name] = function (path, write, read, ...rest) {
          const call = new MeasuredCall(callerNow(), targetOf(this), path);
          note(NOTE);
          return call.follow(make.call(this, path, call.sent(write), call.received(read), ...rest));
        };
      }
      return true;
    },
  };
}

/** `host:port` of a channel; what cannot be read as such stands for itself. */
function targetOf(client: GrpcClient): string {
  const target = client
    .getChannel()
    .getTarget()
    .replace(/^(?:dns|ipv[46]):(?:\/\/[^/]*\/)?/, '');
  return URL.canParse(`http://${target}`) ? target : 'grpc.invalid';
}

class MeasuredCall {
  readonly #agent: Agent;
  readonly #exchange: Exchange;
  readonly #metrics: LabelledMetrics;
  #hasMessage = false;
  #lastAt: number;

  constructor({ agent, label }: Caller, target: string, path: string) {
    const { templates, routes, labels, kinds } = agent.client;
    const name = label ?? path;
    const template = templates.make('POST', routes.of(`http://${target}${path}`), readHeaders(undefined));
    const request = {
      template,
      label: labels.of('request', name),
      body: null,
      redirect: 'manual',
      signal: null,
      cookies: false,
    } as const;
    this.#agent = agent;
    this.#exchange = agent.adopt(request);
    this.#metrics = kinds.of('grpc', name);
    this.#lastAt = this.#exchange.begun;
  }

  sent(write: Write): Write {
    return (message) => {
      const bytes = write(message);
      this.#exchange.bytesOut += bytes.length;
      this.#add('sent', 'bytes', bytes.length);
      return bytes;
    };
  }

  received(read: Read): Read {
    return (bytes) => {
      const now = this.#agent.client.now();
      if (this.#exchange.first === 0) this.#exchange.first = now;
      this.#exchange.bytesIn += bytes.length;
      this.#add('received', 'bytes', bytes.length);
      this.#add(this.#hasMessage ? 'between messages' : 'first message', 'us', (now - this.#lastAt) * 1000);
      this.#hasMessage = true;
      this.#lastAt = now;
      return read(bytes);
    };
  }

  follow(call: EventEmitter): EventEmitter {
    return call.once('status', (status: Status) => this.#end(status));
  }

  #end({ code, details }: Status): void {
    const exchange = this.#exchange;
    if (exchange.isOver) return;
    const outcome = `grpc ${code} ${NAMES[code] ?? ''}`.trimEnd();
    if (code !== 0) {
      exchange.fail({ code: outcome, message: details });
      return;
    }
    exchange.ended = this.#agent.client.now();
    exchange.head = { ...answered, outcome };
    exchange.finish();
  }

  #add(name: string, unit: 'us' | 'bytes', value: number): void {
    this.#agent.owner.measured?.(this.#metrics.metric('trend', name, unit), value);
  }
}

const answered = {
  status: 200,
  statusText: 'OK',
  lines: '',
  contentLength: null,
  chunked: false,
  keepAlive: true,
  keepAliveMs: Number.POSITIVE_INFINITY,
  encoding: '',
  cookies: [],
};
