import type { RequestBody } from './request-body.ts';

const LONGEST = 100_000;

/**
 * The name of the operation that a GraphQL request asks for: its `operationName`, else the name in its query. Null
 * where it has none, or is no such request.
 */
export function graphqlOperation(body: RequestBody | null): string | null {
  if (!body || typeof body.bytes !== 'string' || body.bytes.length > LONGEST) return null;
  const { operationName, query } = parse(body.bytes) ?? {};
  if (typeof operationName === 'string' && operationName !== '') return operationName;
  if (typeof query !== 'string') return null;
  return /^\s*(?:query|mutation|subscription)\s+(\w+)/m.exec(query)?.[1] ?? null;
}

function parse(text: string): { operationName?: unknown; query?: unknown } | null {
  try {
    return JSON.parse(text) as { operationName?: unknown; query?: unknown } | null;
  } catch {
    return null;
  }
}
