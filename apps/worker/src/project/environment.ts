import type { ResolvedFile } from '@marteau/file';
import type { ShareFile } from '../share/share-file.ts';

/** What stood around a run, by name: of several machines each fact once. */
export function environmentOf(file: ResolvedFile, shares: readonly ShareFile[]): Record<string, string> {
  const facts: Record<string, string> = {};
  for (const { environment } of shares) {
    for (const [name, value] of Object.entries(environment)) {
      const known = facts[name]?.split('; ') ?? [];
      if (!known.includes(value)) facts[name] = [...known, value].join('; ');
    }
  }
  return { ...facts, ...file.metadata };
}
