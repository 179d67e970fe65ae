import { type Readable, Transform } from 'node:stream';

/** Passes the streams through, back-pressure included, and reports once when together they exceed `maxBytes`. */
export function limitOutput(
  streams: readonly Readable[],
  maxBytes: number,
  exceeded: () => void,
): Readable[] {
  let left = maxBytes;
  const spend = (bytes: number): void => {
    if (left < 0) return;
    left -= bytes;
    if (left < 0) exceeded();
  };
  return streams.map((stream) => {
    const limited = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        spend(chunk.length);
        done(null, left < 0 ? undefined : chunk);
      },
    });
    stream.once('error', () => limited.end());
    return stream.pipe(limited);
  });
}
