import { posix } from 'node:path';
import {
  describePlan,
  type FileChoices,
  type FileProblem,
  type MarteauFile,
  parseFileOffThread,
  type ResolvedFile,
  resolveFile,
} from '@marteau/file';
import { missingOnNodes, outsidePackages, type ReadResult } from '@marteau/source';
import type { Look } from './look.ts';

/** What a commit's `.marteau.yml` amounts to with what was chosen in the form, or all of its mistakes. */
export async function judge(
  { commit, text, paths, manifest }: ReadResult,
  choices: FileChoices,
): Promise<Look> {
  const nothing = {
    commit,
    summary: null,
    name: '',
    fields: {},
    profiles: [],
    thresholds: [],
    target: '',
    email: [],
  };
  if (text === null) return { ...nothing, found: false, problems: [] };
  const written = await parseFileOffThread(text);
  if (written.file === null) return { ...nothing, found: true, problems: written.problems };
  const profiles = Object.keys(written.file.profiles ?? {});
  const fields = ownFields(written.file, choices.profile ?? null);
  const { file, problems } = resolveFile(written.file, choices);
  if (file === null) return { ...nothing, found: true, problems, fields, profiles };
  const wrong = [...missingScript(file, paths), ...missingPackages(file, manifest)];
  return {
    commit,
    found: true,
    problems: wrong,
    summary: wrong.length > 0 ? null : describePlan(file),
    name: file.name,
    fields,
    profiles,
    thresholds: file.thresholds.map((threshold) => threshold.source),
    email: [...file.email],
    target: file.targets.join(', ') || (file.app ? 'the app of this repository' : ''),
  };
}

/** What the file itself says in the fields that the form offers, as it says it. */
function ownFields(written: MarteauFile, profile: string | null): Record<string, string> {
  const { profiles = {}, ...rest } = written;
  const own = profile === null ? rest : { ...rest, ...profiles[profile] };
  const nodes = typeof own.nodes === 'object' ? own.nodes.count : own.nodes;
  const all = { test: own.test, script: own.script, cycles: own.cycles, duration: own.duration, nodes };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}

/** The names of the files are known already, so a script that is not among them need not wait for a node. */
function missingScript(file: ResolvedFile, paths: readonly string[] | null): FileProblem[] {
  const script = posix.join(file.wdir, file.script);
  if (paths === null || paths.includes(script)) return [];
  const called = paths.find((path) => posix.basename(path) === posix.basename(script));
  const what = `there is no ${script} in the repository`;
  const fix = called
    ? `did you mean '${posix.relative(file.wdir, called)}'?`
    : 'push the test file, or name one that is there';
  return [{ line: null, column: null, path: 'script', what, fix }];
}

/** Of package.json at the root, where nodes install that one. */
function missingPackages({ wdir }: ResolvedFile, manifest: string | null): FileProblem[] {
  if (manifest === null || posix.normalize(wdir) !== '.') return [];
  return missingOnNodes(outsidePackages(manifest, '.')).map(({ name, from }) => ({
    line: null,
    column: null,
    path: 'package.json',
    what: `package.json takes ${name} from ${from}, which is outside of the repository`,
    fix: 'push it as a part of the repository, or name one that is in a registry',
  }));
}
