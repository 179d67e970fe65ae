/** A request's body. `type` is the Content-Type that it brings along. */
export interface RequestBody {
  readonly bytes: string | Uint8Array | AsyncIterable<Uint8Array>;
  readonly type: string | null;
}

const NativeResponse = globalThis.Response;

/** Reads whatever fetch takes as a body. */
export async function readRequestBody(given: RequestInit['body'] | null): Promise<RequestBody | null> {
  if (given === null || given === undefined) return null;
  if (typeof given === 'string') return { bytes: given, type: 'text/plain;charset=UTF-8' };
  if (given instanceof URLSearchParams) {
    return { bytes: given.toString(), type: 'application/x-www-form-urlencoded;charset=UTF-8' };
  }
  if (given instanceof Uint8Array) return { bytes: given, type: null };
  if (ArrayBuffer.isView(given)) {
    return { bytes: new Uint8Array(given.buffer, given.byteOffset, given.byteLength), type: null };
  }
  if (given instanceof ArrayBuffer) return { bytes: new Uint8Array(given), type: null };
  if (given instanceof FormData || given instanceof Blob) {
    const made = new NativeResponse(given);
    return { bytes: new Uint8Array(await made.arrayBuffer()), type: made.headers.get('content-type') };
  }
  if (typeof given === 'object' && Symbol.asyncIterator in given) {
    return { bytes: given as AsyncIterable<Uint8Array>, type: null };
  }
  return { bytes: String(given), type: 'text/plain;charset=UTF-8' };
}
