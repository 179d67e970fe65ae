import { describeRunner } from '@marteau/file';
import type { FoundScript } from '@marteau/run';
import type { NewProject } from './project-files.ts';

/** More others are not named. */
const MOST_NAMED = 20;

/** A `.marteau.yml` around a script of another load tool that the repository has already. */
export function toolFile(
  { name, target }: Pick<NewProject, 'name' | 'target'>,
  { path, tool, text }: FoundScript,
  others: readonly FoundScript[],
): string {
  const isTold = (tool.needsLoad?.(text) ?? null) !== null;
  const { what } = tool.ownPlan(text);
  const load = isTold
    ? 'cycles: 2:5:10\nduration: 10s'
    : `# Its own plan runs${what === '' ? '' : ` (${what})`}. cycles, duration or load would take its place.`;
  const more = others
    .slice(0, MOST_NAMED)
    .map((other) => `# Also here: script: ${JSON.stringify(other.path)} (${inWords(other)})`)
    .join('\n');
  return `# What Marteau runs: ${inWords({ tool })}. \`marteau check\` says what it amounts to, or every mistake.
name: ${JSON.stringify(name)}
script: ${JSON.stringify(path)}
${more === '' ? '' : `${more}\n`}runner: ${tool.name}
target: ${JSON.stringify(target)}
${load}
thresholds: [p95 < 500ms, errors < 1%]
`;
}

function inWords({ tool }: Pick<FoundScript, 'tool'>): string {
  return describeRunner({ runner: { name: tool.name, results: null } });
}
