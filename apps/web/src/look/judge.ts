import { posix } from 'node:path';
import {
  describePlan,
  type FileChoices,
  type FileProblem,
  type MarteauFile,
  overridesBeyond,
  parseFileOffThread,
  type ResolvedFile,
  resolveFile,
} from '@marteau/file';
import type { ReadResult } from '@marteau/source';
import type { Look } from './look.ts';

/**
 * What a commit's `.marteau.yml` amounts to with what was chosen in the form, or all of its mistakes.
 * @param secrets names of those that this server has for the project; null where that is not known
 */
export async function judge(
  { commit, text, paths, branches = [], scripts = [], tests = [] }: ReadResult,
  choices: FileChoices,
  secrets: readonly string[] | null = null,
): Promise<Look> {
  const hints = { branches: [...branches], scripts: [...scripts], tests: [...tests] };
  const nothing = {
    commit,
    ...hints,
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
  const missing = [
    missingScript(file, paths),
    missingSecrets(file, secrets),
    withheldSecrets(file, choices),
  ].filter((one) => one !== null);
  return {
    commit,
    ...hints,
    found: true,
    problems: missing,
    summary: missing.length > 0 ? null : describePlan(file),
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
  const { test, script, target, cycles, duration } = own;
  const all = { test, script, target, cycles, duration, nodes };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}

/** A secret that is not there ends the run once it was prepared; it is known before. */
function missingSecrets({ secrets }: ResolvedFile, known: readonly string[] | null): FileProblem | null {
  const missing = known === null ? [] : secrets.filter((name) => !known.includes(name));
  if (missing.length === 0) return null;
  return {
    line: null,
    column: null,
    path: 'env',
    what: `the file uses ${missing.map((name) => `\${secrets.${name}}`).join(', ')}, and this server has no such secret for this project`,
    fix: 'whoever runs the server adds it to the secrets file',
  };
}

/** Nobody who submits a run decides where the project's secrets go. */
function withheldSecrets({ secrets }: ResolvedFile, { overrides = {} }: FileChoices): FileProblem | null {
  const redirecting = secrets.length === 0 ? [] : overridesBeyond('load', overrides);
  if (redirecting.length === 0) return null;
  return {
    line: null,
    column: null,
    path: redirecting.join(', '),
    what: 'the file uses secrets, and a run whose submission decides where they go gets none',
    fix: `leave out ${redirecting.join(', ')}, or put it into the file`,
  };
}

/** The names of the files are known already, so a script that is not among them need not wait for a node. */
function missingScript(file: ResolvedFile, paths: readonly string[] | null): FileProblem | null {
  const script = posix.join(file.wdir, file.script);
  if (paths === null || paths.includes(script)) return null;
  const called = paths.find((path) => posix.basename(path) === posix.basename(script));
  return {
    line: null,
    column: null,
    path: 'script',
    what: `there is no ${script} in the repository`,
    fix: called
      ? `did you mean '${posix.relative(file.wdir, called)}'?`
      : 'push the test file, or name one that is there',
  };
}
