import { type Static, Type } from 'typebox';

/** Exact count, min, max and sum beside an HDR histogram (V2 compressed, base64), whose own max is not exact. */
export const Distribution = Type.Object({
  count: Type.Integer({ minimum: 0 }),
  min: Type.Number({ description: 'µs; 0 when count is 0' }),
  max: Type.Number({ description: 'µs' }),
  sum: Type.Number({ description: 'µs' }),
  histogram: Type.String({ description: 'HdrHistogram V2 compressed, base64; empty when count is 0' }),
});
export type Distribution = Static<typeof Distribution>;
