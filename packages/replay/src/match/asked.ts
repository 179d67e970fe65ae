import type { HeaderList } from '../tape/headers.ts';
import { asciiTarget } from '../tape/target.ts';
import { splitTarget } from './query.ts';

/** A request that wants an answer from a tape. */
export interface Asked {
  method: string;
  /** Null where any server's recording will do. */
  origin: string | null;
  path: string;
  /** Its parts sorted. */
  query: string;
  headers: HeaderList;
  body: Buffer;
}

export function askedOf(request: {
  method: string;
  origin: string | null;
  target: string;
  headers: HeaderList;
  body: Buffer;
}): Asked {
  const { method, origin, target, headers, body } = request;
  return { method, origin, ...splitTarget(asciiTarget(target)), headers, body };
}
