import { MarteauError } from '@marteau/shared';
import Value from 'typebox/value';
import { RESULTS_SCHEMA_NAME, Results } from './results.ts';

/** Larger than any run writes: 500 labels x 50 stages have some 25 MB. */
const MAX_BYTES = 64_000_000;

/**
 * Reads and checks the text of a results.json.
 * @throws MarteauError `results-…` that says where the text is damaged, or which version it has
 */
export function readResults(text: string): Results {
  if (text.length > MAX_BYTES) {
    throw new MarteauError('results-too-large', {
      megabytes: Math.round(text.length / 1e6),
      limit: MAX_BYTES / 1e6,
    });
  }
  const value = parse(text);
  const schema = schemaOf(value);
  if (schema === null) throw new MarteauError('results-not-ours', {});
  if (schema !== RESULTS_SCHEMA_NAME) {
    throw new MarteauError('results-other-version', {
      found: schema.slice(0, 100),
      known: RESULTS_SCHEMA_NAME,
    });
  }
  if (!Value.Check(Results, value)) {
    const first = Value.Errors(Results, value)[0];
    throw new MarteauError('results-damaged', {
      where: (first?.instancePath ?? '').slice(0, 200) || 'its root',
      detail: first?.message ?? 'does not fit its schema',
    });
  }
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new MarteauError('results-not-json', { detail: (error as Error).message.slice(0, 200) });
  }
}

/** The name of the schema that a document says it follows; null where it says none of ours. */
function schemaOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('schema' in value)) return null;
  const { schema } = value;
  return typeof schema === 'string' && schema.startsWith('marteau.results/') ? schema : null;
}
