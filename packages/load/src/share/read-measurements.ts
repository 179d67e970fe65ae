import { createHash } from 'node:crypto';
import { ForeignFileError, readForeignFile } from '@marteau/launch';
import { Measurements } from '@marteau/measure';
import { MarteauError } from '@marteau/shared';
import { Compile } from 'typebox/compile';

/** What is left of a share. */
export type ShareDone = { readonly measurements: Measurements } | { readonly error: MarteauError };

const schema = Compile(Measurements);

/** Of measurements as JSON: a bound for what a hostile script puts there, above what a run of hours needs. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * The child is not trusted: the file is what it said it is, and fits the schema.
 * @param root no link below it is followed
 */
export async function readMeasurements(file: string, root: string, sha256: string): Promise<ShareDone> {
  let json: Buffer | null;
  try {
    json = await readForeignFile(file, MOST_BYTES, root);
  } catch (error) {
    if (error instanceof ForeignFileError) return unusable(`the file ${error.message}`);
    throw error;
  }
  if (json === null || createHash('sha256').update(json).digest('hex') !== sha256)
    return unusable('the file was changed');
  return parseMeasurements(json);
}

export function parseMeasurements(json: Buffer): ShareDone {
  let measurements: unknown;
  try {
    measurements = JSON.parse(json.toString('utf8'));
  } catch {
    return unusable('the file is no JSON');
  }
  if (schema.Check(measurements)) return { measurements };
  const [first] = schema.Errors(measurements);
  return unusable(`${first?.instancePath ?? ''} ${first?.message ?? ''}`.trim());
}

function unusable(detail: string): ShareDone {
  return { error: new MarteauError('engine-unusable', { detail }) };
}
