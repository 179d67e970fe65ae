import type { EffectiveFile, Measurements } from '@marteau/shared';

const ANSWER_WITHIN_MS = 10_000;
const MOST_BYTES = 64 * 1024;
const LONGEST = 200;

/** The version that was deployed when the load began, and whether it is still the same afterwards. */
interface VersionWatch {
  /** For the report. */
  facts: Record<string, string>;
  /** For the console. */
  said: string[];
  /** Asks again, and writes into the measurements that it changed, if it did. */
  note(measurements: Measurements): Promise<Measurements>;
}

/** Asks which version is deployed, where the file says how; the app of the repository is of the run's commit. */
export async function watchVersion(
  { version, app }: Pick<EffectiveFile, 'version' | 'app'>,
  target: string | null,
  signal: AbortSignal,
): Promise<VersionWatch> {
  const same = async (measurements: Measurements): Promise<Measurements> => measurements;
  if (!version || target === null)
    return { facts: app ? {} : { 'Deployed version': 'unknown' }, said: [], note: same };
  const before = await deployedVersion(version, target, signal);
  const words = 'known' in before ? before.known : `unknown: ${before.unknown}`;
  return {
    facts: { 'Deployed version': words },
    said: [`Deployed version: ${words}`],
    note: async (measurements) =>
      noteVersionChange(measurements, before, await deployedVersion(version, target, signal)),
  };
}

/** What is deployed at the target, or why that is not known. */
type DeployedVersion = { known: string } | { unknown: string };

/** Asks the target which version of it is deployed. Never throws for what the target does. */
export async function deployedVersion(
  { url, json }: NonNullable<EffectiveFile['version']>,
  target: string,
  signal: AbortSignal,
): Promise<DeployedVersion> {
  const where = URL.parse(url, target);
  if (!where) return { unknown: `${url} is no address` };
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
    const response = await fetch(where, { signal: within });
    const text = (await response.text()).slice(0, MOST_BYTES);
    if (!response.ok) return { unknown: `${where.href} answered ${response.status}` };
    return json === null ? short(text.trim()) : fieldOf(text, json);
  } catch {
    signal.throwIfAborted();
    return { unknown: `${where.href} did not answer` };
  }
}

/** Two versions in one run measure neither: the generator's part of the measurements says so. */
export function noteVersionChange(
  measurements: Measurements,
  before: DeployedVersion,
  after: DeployedVersion,
): Measurements {
  if (!('known' in before && 'known' in after) || before.known === after.known) return measurements;
  const sentence = `The deployed version changed during the run, from ${before.known} to ${after.known}, so the numbers belong to neither. Run it again.`;
  const { generator } = measurements;
  const limits = [...generator.limits, { code: 'version-changed', sentence, share: 1 }];
  return { ...measurements, generator: { ...generator, limits } };
}

/** @param path 'commit', 'build.commit' */
function fieldOf(text: string, path: string): DeployedVersion {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { unknown: 'the answer is no JSON' };
  }
  for (const name of path.split('.')) value = Object(value)[name];
  if (typeof value !== 'string' && typeof value !== 'number') return { unknown: `the answer has no ${path}` };
  return short(String(value));
}

function short(version: string): DeployedVersion {
  return version === '' ? { unknown: 'the answer is empty' } : { known: version.slice(0, LONGEST) };
}
