import type { IncomingMessage } from 'node:http';

/** More than this is no request that a tape answers. */
const LONGEST = 64 * 1024 * 1024;

/** The whole body; null for one that is too long or was never finished. */
export function readBody(request: IncomingMessage): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > LONGEST) resolve(null);
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    request.on('close', () => resolve(null));
  });
}
