import { Type } from 'typebox';
import type { ActiveBehavior, ErrorWish, Exchange } from '../contracts.ts';
import { flag, number } from './options.ts';

/** What the behaviours that make errors have in common. */
export const failFields = {
  inject: flag({ description: 'Garbage in the middle of the answer, instead of an error.', default: false }),
  status: number({
    description: 'The status of HTTP; 0 for any of 500 to 503.',
    default: 0,
    minimum: 0,
    maximum: 599,
  }),
  message: Type.String({
    description: 'What the error says, as in "LOADING Redis is loading the dataset in memory".',
    default: '',
    maxLength: 1000,
  }),
};

/** Lets a request fail: an error of its protocol, garbage where it has none, or garbage in the middle of the answer. */
export function fail(
  exchange: Exchange,
  { inject, ...wish }: ErrorWish & { inject: boolean },
  active: ActiveBehavior,
): string {
  if (inject) {
    const junk = garbage(active, exchange.number);
    exchange.garble = (answer) => {
      const middle = answer.length >> 1;
      return Buffer.concat([answer.subarray(0, middle), junk, answer.subarray(middle)]);
    };
    return 'put garbage into the answer';
  }
  const error = active.connection.error(exchange, wish, active.draw(exchange.number, 1));
  if (error) {
    const { detail, ...answer } = error;
    exchange.fate = { kind: 'answer', ...answer };
    return detail;
  }
  exchange.fate = { kind: 'answer', bytes: garbage(active, exchange.number), close: false };
  return 'answered with garbage';
}

/** Bytes that are no protocol's, the same for the same seed. */
function garbage(active: ActiveBehavior, request: number): Buffer {
  return Buffer.from(
    Array.from({ length: 64 }, (_, i) => 128 + Math.floor(active.draw(request, 2, i) * 128)),
  );
}
