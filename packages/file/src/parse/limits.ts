/** What a file may be at most, however it reaches us: as YAML, or field by field as overrides. */
export const fileLimits = {
  bytes: 32 * 1024,
  /** Fields, entries and texts together, with aliases unfolded. */
  values: 5_000,
  /** Levels of maps and lists. */
  depth: 20,
};

/**
 * Why a value that came as JSON is more than a file may be: completes "the overrides …"; null when it is not.
 * JSON nests as deep as it likes, so this walks without recursion.
 */
export function beyondLimits(value: unknown): string | null {
  let level: unknown[] = [value];
  let values = 0;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > fileLimits.depth) return `are nested deeper than ${fileLimits.depth} levels`;
    values += level.length;
    if (values > fileLimits.values) return `hold more than ${fileLimits.values} values`;
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  const bytes = Buffer.byteLength(JSON.stringify(value) ?? '');
  return bytes > fileLimits.bytes ? `have more than ${fileLimits.bytes / 1024} KB` : null;
}
