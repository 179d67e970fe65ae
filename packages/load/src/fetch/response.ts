import { Readable } from 'node:stream';
import { decompress, decompressed, isDecodable } from './decompress.ts';
import type { Exchange } from './exchange.ts';
import { type Failure, fetchError } from './failure.ts';
import { measureStream } from './measure-stream.ts';
import type { ResponseBody } from './response-body.ts';
import { type ResponseHead, trimBlanks } from './response-head.ts';

// Above 250 lines: a Response in all its forms over one body, of which each form looks at what the others have taken.

const NativeResponse = globalThis.Response;
/** Fetch standard: a null body status. 101 and 103 never come here. */
const WITHOUT_BODY = new Set([204, 205, 304]);

/**
 * The Response that our fetch answers with: an `instanceof Response` that makes its parts (headers, stream, text) only
 * when the script asks for them, because most scripts ask for few.
 */
export class FetchResponse {
  readonly #redirected: boolean;
  readonly #head: ResponseHead;
  readonly #body: ResponseBody;
  readonly #exchange: Exchange;
  #headers: Headers | null = null;
  #stream: ReadableStream<Uint8Array> | null = null;

  /** @param exchange one that has its head */
  constructor(exchange: Exchange, redirected: boolean) {
    this.#exchange = exchange;
    this.#head = exchange.head!;
    this.#body = exchange.body!;
    this.#redirected = redirected;
  }

  get redirected(): boolean {
    return this.#redirected;
  }

  get status(): number {
    return this.#head.status;
  }

  get statusText(): string {
    return this.#head.statusText;
  }

  get ok(): boolean {
    const { status } = this.#head;
    return status >= 200 && status < 300;
  }

  get url(): string {
    return this.#exchange.request.template.route.href;
  }

  get type(): 'basic' {
    return 'basic';
  }

  get headers(): Headers {
    this.#headers ??= immutable(headersOf(this.#head.lines));
    return this.#headers;
  }

  get bodyUsed(): boolean {
    if (!this.#hasBody) return false;
    return this.#stream
      ? Readable.isDisturbed(this.#stream as unknown as NodeJS.ReadableStream)
      : this.#body.taken;
  }

  get body(): ReadableStream<Uint8Array> | null {
    if (!this.#hasBody) return null;
    this.#stream ??= this.#openStream();
    return this.#stream;
  }

  text(): Promise<string> {
    const whole = this.#plainWhole();
    if (whole === null) return this.#bytes().then(decodeUtf8);
    return Promise.resolve(decodeLatin1(whole));
  }

  json(): Promise<unknown> {
    const whole = this.#plainWhole();
    if (whole === null) return this.text().then(JSON.parse);
    try {
      return Promise.resolve(JSON.parse(decodeLatin1(whole)));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    const bytes = await this.#bytes();
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  }

  async bytes(): Promise<Uint8Array> {
    return new Uint8Array(await this.arrayBuffer());
  }

  async blob(): Promise<Blob> {
    const bytes = await this.arrayBuffer();
    return new NativeResponse(bytes, { headers: this.headers }).blob();
  }

  async formData(): Promise<FormData> {
    const type = this.headers.get('content-type') ?? '';
    return new NativeResponse(await this.arrayBuffer(), { headers: { 'content-type': type } }).formData();
  }

  /** A Response of Node's own over one half of the stream; this one keeps the other. */
  clone(): Response {
    this.#refuseTaken();
    let theirs: ReadableStream | null = null;
    if (this.body) [this.#stream, theirs] = this.body.tee();
    return asClone(this as Response, theirs);
  }

  /** False for HEAD and statuses that have none: then `body` is null. */
  get #hasBody(): boolean {
    const { status } = this.#head;
    return this.#exchange.request.template.method !== 'HEAD' && !WITHOUT_BODY.has(status);
  }

  /** The body as it came in one piece, if nothing needs to be undone and nobody read it before. */
  #plainWhole(): string | null {
    const head = this.#head;
    const body = this.#body;
    if (!this.#hasBody) return '';
    if (head.encoding !== '' || body.taken || this.#stream) return null;
    return body.takeWhole();
  }

  async #bytes(): Promise<Buffer> {
    this.#refuseTaken();
    const head = this.#head;
    const body = this.#body;
    if (this.#stream) return Buffer.from(await new NativeResponse(this.#stream).arrayBuffer());
    try {
      const bytes = await body.collect();
      return isDecodable(head.encoding) ? await decompress(bytes, head.encoding) : bytes;
    } catch (error) {
      throw bodyError(error);
    }
  }

  #refuseTaken(): void {
    if (this.#stream ? this.#stream.locked : this.#body.taken && this.#hasBody) {
      throw new TypeError('Body is unusable: Body has already been read');
    }
  }

  #openStream(): ReadableStream<Uint8Array> {
    const head = this.#head;
    const body = this.#body;
    if (!body.isStreamed) {
      body.isStreamed = true;
      // All of it may have come before anybody asked for a stream.
      if (this.#exchange.isOver) measureStream(this.#exchange);
    }
    const raw: ReadableStream<Uint8Array> = new ReadableStream({
      type: 'bytes',
      async pull(controller: ReadableByteStreamController) {
        try {
          const bytes = await body.next();
          if (bytes) controller.enqueue(new Uint8Array(bytes));
          else {
            controller.close();
            controller.byobRequest?.respond(0);
          }
        } catch (error) {
          controller.error(bodyError(error));
        }
      },
      cancel: () => body.cancel(),
    });
    return isDecodable(head.encoding) ? decoded(raw, head.encoding) : raw;
  }
}

Object.setPrototypeOf(FetchResponse.prototype, NativeResponse.prototype);
Object.defineProperty(FetchResponse.prototype, 'constructor', { value: NativeResponse });

/** A Response of Node's own over a half of the stream, which says of itself what the first one said. */
function asClone(of: Response, stream: ReadableStream | null): Response {
  const { status, statusText, headers } = of;
  // Its constructor takes no status beyond 599, and no body beside some.
  const isUsual = status >= 200 && status <= 599;
  const init = { status: isUsual ? status : 200, statusText, headers };
  return dressed(new NativeResponse(stream as ConstructorParameters<typeof Response>[0], init), of);
}

function dressed(clone: Response, of: Response): Response {
  const { status, ok, url, redirected, type } = of;
  immutable(clone.headers);
  return Object.defineProperties(clone, {
    status: { value: status },
    ok: { value: ok },
    url: { value: url },
    redirected: { value: redirected },
    type: { value: type },
    clone: { value: () => dressed(NativeResponse.prototype.clone.call(clone), of) },
  });
}

const CHANGES = ['append', 'delete', 'set'] as const;

/** Headers of an answer are nobody's to change. */
function immutable(headers: Headers): Headers {
  const refuse = {
    value: () => {
      throw new TypeError('immutable');
    },
  };
  return Object.defineProperties(headers, Object.fromEntries(CHANGES.map((name) => [name, refuse])));
}

/** Undoes an encoding while the body comes. */
function decoded(raw: ReadableStream<Uint8Array>, encoding: string): ReadableStream<Uint8Array> {
  const parts = decompressed(raw, encoding)[Symbol.asyncIterator]();
  return new ReadableStream({
    type: 'bytes',
    async pull(controller: ReadableByteStreamController) {
      try {
        const { value, done } = await parts.next();
        if (!done) controller.enqueue(new Uint8Array(value));
        else {
          controller.close();
          controller.byobRequest?.respond(0);
        }
      } catch (error) {
        controller.error(bodyError(error));
      }
    },
    async cancel() {
      await parts.return?.(undefined);
    },
  });
}

function bodyError(error: unknown): unknown {
  if (error instanceof TypeError) return error;
  if (error instanceof Error)
    return fetchError({ code: 'decoding', message: error.message, cause: error }, 'terminated');
  return fetchError(error as Failure, 'terminated');
}

function headersOf(lines: string): Headers {
  const headers = new Headers();
  let at = 0;
  while (at < lines.length) {
    const colon = lines.indexOf(':', at);
    const end = lines.indexOf('\r\n', colon);
    headers.append(lines.slice(at, colon), trimBlanks(lines.slice(colon + 1, end)));
    at = end + 2;
  }
  return headers;
}

/**
 * Bytes above 0x7f mean UTF-8 that has to be decoded; without any, the string is the text already. (Only characters
 * above 0x7f take more than a byte, so the length tells.)
 */
function decodeLatin1(text: string): string {
  return Buffer.byteLength(text) === text.length ? text : decodeUtf8(Buffer.from(text, 'latin1'));
}

function decodeUtf8(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
