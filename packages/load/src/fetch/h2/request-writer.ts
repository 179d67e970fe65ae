import type { Socket } from 'node:net';
import type { Client } from '../client.ts';
import type { Exchange } from '../exchange.ts';
import type { RequestTemplate } from '../request-template.ts';
import type { TraceLines } from '../trace-lines.ts';
import { FLAG, FRAME } from './frame-types.ts';
import { HpackEncoder, plainBytes } from './hpack/encoder.ts';
import { integerBytes } from './hpack/integer.ts';
import { bodyFields, headOf } from './request-fields.ts';
import type { ServerSettings } from './settings.ts';
import type { Stream } from './stream.ts';
import { bytesOf, Upload } from './upload.ts';

/** Bodies up to here go with the head in one write. */
const SMALL = 4096;
/** So many templates are kept encoded; a script that has another one each time gains nothing by more. */
const MOST_BLOCKS = 64;
/** `cookie`, by its index in the static table, as a literal that nobody may keep. */
const COOKIE = Buffer.from(integerBytes(32, 4, 0x10));

/** Puts requests on one connection: fields into header blocks, bodies into DATA. */
export class RequestWriter {
  readonly #client: Client;
  readonly #socket: Socket;
  readonly #server: ServerSettings;
  readonly #encoder = new HpackEncoder();
  /** What a template became, as long as it would become the same again. */
  readonly #blocks = new Map<RequestTemplate, Buffer>();
  #version = 0;
  readonly #trace: Buffer | null;

  constructor(client: Client, socket: Socket, server: ServerSettings) {
    this.#client = client;
    this.#socket = socket;
    this.#server = server;
    this.#trace = client.traces && traceField(client.traces);
  }

  /** The server has said something else of what it takes. */
  changed(): void {
    this.#encoder.limit(this.#server.headerTable);
  }

  /** Whether the server takes a head of this length; the exchange has failed where it does not. */
  takes(exchange: Exchange): boolean {
    const { headerList } = this.#server;
    const { size } = headOf(exchange.request.template);
    if (size <= headerList) return true;
    exchange.fail({
      code: 'request headers too large',
      message: `the server takes headers of ${headerList} bytes, and these are ${size}`,
    });
    return false;
  }

  /** Writes HEADERS; a body becomes the stream's upload. */
  writeHead(stream: Stream): void {
    const { exchange, id } = stream;
    const { agent, request } = exchange;
    const { template, body } = request;
    const { frames, traces } = this.#client;
    const begin = this.#encoder.begin();
    const block = this.#blockOf(template);
    frames.to(this.#socket);
    frames.begin(FRAME.HEADERS, FLAG.END_HEADERS | (body === null ? FLAG.END_STREAM : 0), id);
    if (begin.length > 0) frames.add(begin);
    frames.add(block);
    for (const { name, value, keep } of bodyFields(body, template))
      frames.add(this.#encoder.encode(name, value, keep));
    const cookies = agent.cookieLine(request);
    if (cookies !== '') {
      frames.add(COOKIE);
      frames.add(plainBytes(cookies.slice('cookie: '.length, -2)));
    }
    if (traces && !template.hasTrace) {
      frames.add(this.#trace!);
      traces.number(frames.bytes, frames.length);
    }
    exchange.bytesOut += frames.endHeaders(this.#server.frame);
    if (body === null) return;
    const upload = new Upload();
    stream.upload = upload;
    const bytes = bytesOf(body);
    if (bytes) upload.give(bytes, true);
    else this.#stream(stream, body.bytes as AsyncIterable<Uint8Array>);
  }

  /**
   * Writes the next DATA of a stream.
   * @param most bytes that the windows allow
   * @returns how many they were
   */
  writeBody(stream: Stream, most: number): number {
    const upload = stream.upload!;
    const { exchange } = stream;
    if (upload.left > 0 && most <= 0) {
      upload.waited = true;
      return 0;
    }
    if (upload.left === 0 && !upload.isLast) return 0;
    const bytes = upload.take(most);
    const isEnd = upload.isLast && upload.left === 0;
    const { frames } = this.#client;
    frames.to(this.#socket);
    frames.begin(FRAME.DATA, isEnd ? FLAG.END_STREAM : 0, stream.id);
    exchange.bytesOut += 9 + bytes.length;
    if (bytes.length <= SMALL) {
      frames.add(bytes);
      frames.end();
    } else frames.endApart(bytes);
    if (isEnd) this.#sent(stream, upload);
    else if (upload.left === 0) upload.settle();
    return bytes.length;
  }

  /** A body that had to wait has a phase of its own: "sending". */
  #sent(stream: Stream, { waited }: Upload): void {
    const { exchange } = stream;
    stream.upload = null;
    const { now } = this.#client;
    if (this.#socket.writableNeedDrain)
      this.#socket.once('drain', () => {
        exchange.flushed = now();
      });
    else if (waited) exchange.flushed = now();
  }

  #stream(stream: Stream, parts: AsyncIterable<Uint8Array>): void {
    const { exchange } = stream;
    const upload = stream.upload!;
    const send = async () => {
      for await (const part of parts) {
        if (!(part instanceof Uint8Array)) throw new TypeError('Received non-Uint8Array chunk');
        if (stream.isOver) return;
        if (part.length === 0) continue;
        upload.give(part, false);
        const taken = upload.taken();
        stream.hasMore();
        await taken;
      }
      if (stream.isOver) return;
      upload.give(new Uint8Array(0), true);
      stream.hasMore();
    };
    send().catch((error: unknown) =>
      exchange.abort({ code: 'request body', message: `the request's body failed: ${error}`, cause: error }),
    );
  }

  #blockOf(template: RequestTemplate): Buffer {
    if (this.#version === this.#encoder.version) {
      const known = this.#blocks.get(template);
      if (known) return known;
    }
    const { fields } = headOf(template);
    const before = this.#encoder.version;
    const bytes = Buffer.concat(
      fields.map(({ name, value, keep }) => this.#encoder.encode(name, value, keep)),
    );
    if (this.#version !== this.#encoder.version || this.#blocks.size >= MOST_BLOCKS) this.#blocks.clear();
    this.#version = this.#encoder.version;
    // One that has changed the table would become something else now.
    if (before === this.#version) this.#blocks.set(template, bytes);
    return bytes;
  }
}

const traceFields = new WeakMap<TraceLines, Buffer>();

/** A traceparent that nobody keeps, by its name, ready for its number; one for all connections of a thread. */
function traceField(traces: TraceLines): Buffer {
  const known = traceFields.get(traces);
  if (known) return known;
  const made = Buffer.concat([Buffer.from([0]), plainBytes('traceparent'), plainBytes(traces.value)]);
  traceFields.set(traces, made);
  return made;
}
