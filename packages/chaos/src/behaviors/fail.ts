import type { ErrorWish } from '../protocols/protocol.ts';
import type { Exchange } from '../proxy/exchange.ts';
import type { Worker } from '../proxy/worker.ts';

/** What the error-makers take. */
export interface FailOptions extends ErrorWish {
  inject: boolean;
}

/** Lets a request fail: an error of its protocol, garbage where it has none, or garbage in the middle of the answer. */
export function fail(exchange: Exchange, { inject, ...wish }: FailOptions, worker: Worker): string {
  if (inject) {
    const junk = garbage(worker, exchange.number);
    exchange.garble = (answer) => {
      const middle = answer.length >> 1;
      return Buffer.concat([answer.subarray(0, middle), junk, answer.subarray(middle)]);
    };
    return 'put garbage into the answer';
  }
  const error = worker.connection.error(exchange, wish, worker.draw(exchange.number, 1));
  if (error) {
    exchange.fate = { kind: 'answer', bytes: error.bytes, close: error.close };
    return error.detail;
  }
  exchange.fate = { kind: 'answer', bytes: garbage(worker, exchange.number), close: false };
  return 'answered with garbage';
}

/** Bytes that are no protocol's, the same for the same seed. */
function garbage(worker: Worker, request: number): Buffer {
  return Buffer.from(
    Array.from({ length: 64 }, (_, i) => 128 + Math.floor(worker.draw(request, 2, i) * 128)),
  );
}
