import { types } from 'node:util';

/** A request's body. */
export interface RequestBody {
  readonly bytes: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** In bytes; null where it is a stream. */
  readonly length: number | null;
  /** The Content-Type that it brings along. */
  readonly type: string | null;
}

const NativeResponse = globalThis.Response;
const { isAnyArrayBuffer } = types;

/** Reads whatever fetch takes as a body; a Request stands for its own. Only what has to be read first is a promise. */
export function readRequestBody(
  given: RequestInit['body'] | Request | null,
): RequestBody | Promise<RequestBody> | null {
  if (given === null || given === undefined) return null;
  if (typeof given === 'string') return textBody(given, 'text/plain;charset=UTF-8');
  if (given instanceof URLSearchParams) {
    return textBody(given.toString(), 'application/x-www-form-urlencoded;charset=UTF-8');
  }
  // Copied: the script may change its bytes before they are sent.
  if (ArrayBuffer.isView(given)) {
    return bytesBody(new Uint8Array(given.buffer, given.byteOffset, given.byteLength).slice());
  }
  if (isAnyArrayBuffer(given)) return bytesBody(new Uint8Array(given).slice());
  if (given instanceof FormData || given instanceof Blob) return encodedBody(given);
  if (given instanceof Request)
    return given.arrayBuffer().then((buffer) => bytesBody(new Uint8Array(buffer)));
  if (typeof given === 'object' && Symbol.asyncIterator in given) {
    if (given instanceof ReadableStream && given.locked)
      throw new TypeError('Response body object should not be disturbed or locked');
    return { bytes: given as AsyncIterable<Uint8Array>, length: null, type: null };
  }
  return textBody(String(given), 'text/plain;charset=UTF-8');
}

/** Whether it can be sent a second time. */
export function isReplayable(body: RequestBody | null): boolean {
  return body === null || body.length !== null;
}

const MOST_LENGTHS = 1000;
const lengthLines = new Map<number, string>();

/** The header lines that tell of a body, each ended by CRLF. */
export function bodyLines(body: RequestBody | null, method: string, hasType: boolean): string {
  if (body === null)
    return method === 'POST' || method === 'PUT' || method === 'PATCH' ? 'content-length: 0\r\n' : '';
  const framing = body.length === null ? 'transfer-encoding: chunked\r\n' : lengthLineOf(body.length);
  return body.type !== null && !hasType ? `content-type: ${body.type}\r\n${framing}` : framing;
}

function lengthLineOf(length: number): string {
  const known = lengthLines.get(length);
  if (known !== undefined) return known;
  if (lengthLines.size >= MOST_LENGTHS) lengthLines.clear();
  const line = ['content-length: ', length, '\r\n'].join('');
  lengthLines.set(length, line);
  return line;
}

function textBody(text: string, type: string): RequestBody {
  return { bytes: text, length: Buffer.byteLength(text), type };
}

function bytesBody(bytes: Uint8Array): RequestBody {
  return { bytes, length: bytes.length, type: null };
}

async function encodedBody(given: FormData | Blob): Promise<RequestBody> {
  const encoded = new NativeResponse(given);
  const bytes = new Uint8Array(await encoded.arrayBuffer());
  return { bytes, length: bytes.length, type: encoded.headers.get('content-type') };
}
