import type { Exchange } from '../tape/exchange.ts';
import { quote } from './sources.ts';
import { writeBody } from './write-body.ts';
import { writeHeaders } from './write-headers.ts';
import { withBoundary } from './write-multipart.ts';
import { writeTarget } from './write-target.ts';
import type { Writing } from './writing.ts';

/** The arguments of `ask`: method, path, and what else there is. */
export function writeRequest(versions: readonly Exchange[], writing: Writing): string {
  const requests = versions.map(({ request }) => withBoundary(request));
  const { method } = requests[0]!;
  const target = writeTarget(requests, writing);
  const init = [...writeHeaders(requests, writing), ...writeBody(requests, writing)];
  return `${quote(method)}, ${target}${init.length === 0 ? '' : `, { ${init.join(', ')} }`}`;
}
