import type { Difference } from '../schema/comparison.ts';
import type { Results } from '../schema/results.ts';

/** What else changed between two runs, beside the numbers: what a reader looks at first when these did. */
export function differencesOf(before: Results, after: Results): Difference[] {
  const names = [...new Set([...Object.keys(before.environment), ...Object.keys(after.environment)])];
  const rows: [what: string, before: string | null, after: string | null, link?: string | null][] = [
    ['commit', short(before), short(after), compareLink(before, after)],
    ['branch or tag', before.run.ref, after.run.ref],
    ['.marteau.yml', ...fileInWords(before, after)],
    ['overrides', overrides(before), overrides(after)],
    ['profile', before.run.profile, after.run.profile],
    ['target', before.run.target, after.run.target],
    ['nodes', String(before.run.nodes), String(after.run.nodes)],
    ['engine', engine(before), engine(after)],
    ...names.map((name): [string, string | null, string | null] => [
      name,
      before.environment[name] ?? null,
      after.environment[name] ?? null,
    ]),
  ];
  return rows
    .filter(([, a, b]) => a !== b)
    .map(([what, a, b, link = null]) => ({ what, before: a ?? 'none', after: b ?? 'none', link }));
}

function short({ run }: Results): string | null {
  return run.commit === null ? null : `${run.commit.slice(0, 8)} ${run.commitSubject ?? ''}`.trim();
}

function engine({ run }: Results): string {
  return `${run.engine.name} ${run.engine.version}`;
}

function overrides({ file }: Results): string | null {
  const entries = Object.entries(file?.overrides ?? {});
  return entries.length === 0
    ? null
    : entries.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(', ');
}

/** Not the whole file twice: the lines that only one side has, as far as they fit into a table. */
function fileInWords(before: Results, after: Results): [string | null, string | null] {
  const [a, b] = [before, after].map(({ file }) => file?.text ?? null) as [string | null, string | null];
  if (a === b) return [null, null];
  const own = (text: string | null, other: string | null) => {
    if (text === null) return null;
    const others = new Set(other?.split('\n'));
    const lines = text.split('\n').filter((line) => line.trim() !== '' && !others.has(line));
    return lines.length === 0 ? 'other order or blank lines' : lines.join(' ⏎ ').slice(0, 300);
  };
  return [own(a, b), own(b, a)];
}

/** Where the commits between two runs can be read. */
function compareLink(before: Results, after: Results): string | null {
  const [from, to] = [before.run.commit, after.run.commit];
  if (from === null || to === null || before.run.project !== after.run.project) return null;
  const base = after.run.repo.replace(/(\.git)?\/?$/, '');
  if (!URL.canParse(base) || !base.startsWith('https://')) return null;
  const { hostname } = new URL(base);
  if (hostname.includes('gitlab')) return `${base}/-/compare/${from}...${to}`;
  return /(^|\.)(github\.com|codeberg\.org|gitea\.com)$/.test(hostname)
    ? `${base}/compare/${from}...${to}`
    : null;
}
