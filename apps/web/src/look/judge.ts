import { posix } from 'node:path';
import {
  BadRows,
  type FileChoices,
  type FileProblem,
  type MarteauFile,
  overridesBeyond,
  parseFileOffThread,
  parseTraffic,
  type ResolvedFile,
  resolveFile,
  tableText,
  trafficFiles,
  withTraffic,
} from '@marteau/file';
import { countOf, isMarteauError, type MarteauError } from '@marteau/shared';
import { missingOnNodes, outsidePackages, type ReadResult } from '@marteau/source';
import type { Store } from '@marteau/store';
import { describeRun, runnerOfScript } from '@marteau/tools';
import type { JudgeTargets } from './judge-targets.ts';
import type { Look } from './look.ts';

type NodeHere = Awaited<ReturnType<Store['nodes']['list']>>[number];

/**
 * What a commit's `.marteau.yml` amounts to with what was chosen in the form, or all of its mistakes.
 * @param secrets names of those that this server has for the project; null where that is not known
 * @param nodes those that are registered; none where workers have yet to come
 * @param judgeTargets says whether its targets may be loaded; nobody asks unless given
 */
export async function judge(
  found: ReadResult,
  choices: FileChoices,
  secrets: readonly string[] | null = null,
  judgeTargets: JudgeTargets | null = null,
  nodes: readonly Pick<NodeHere, 'roles' | 'labels'>[] = [],
): Promise<Look> {
  const { commit, text, paths, manifest, branches = [], scripts = [], tests = [], scriptText = '' } = found;
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
    consent: [],
    email: [],
  };
  if (text === null) return { ...nothing, found: false, problems: [] };
  const written = await parseFileOffThread(text);
  if (written.file === null) return { ...nothing, found: true, problems: written.problems };
  const profiles = Object.keys(written.file.profiles ?? {});
  const fields = ownFields(written.file, choices.profile ?? null);
  const runner = runnerOfScript(written.file.script ?? '', scriptText);
  const resolved = resolveFile(written.file, { ...choices, ...(runner && { found: runner }) });
  if (resolved.file === null)
    return { ...nothing, found: true, problems: resolved.problems, fields, profiles };
  const { file, problem } = filledIn(resolved.file, found);
  const wrong = [
    ...tooFewNodes(file, nodes),
    ...missingScript(file, paths),
    ...(problem ? [problem] : []),
    ...missingPackages(file, manifest),
    ...missingSecrets(file, secrets),
    ...withheldSecrets(file, choices),
  ];
  const targets = wrong.length === 0 && judgeTargets ? await judgeTargets(file) : { consent: [], why: null };
  if (targets.why) wrong.push(problemOf(targets.why));
  return {
    commit,
    ...hints,
    found: true,
    problems: wrong,
    summary: wrong.length > 0 ? null : describeRun(file, scriptText),
    name: file.name,
    fields,
    profiles,
    thresholds: file.thresholds.map((threshold) => threshold.source),
    consent: targets.consent,
    email: [...file.email],
    target: file.targets.join(', ') || (file.app ? 'the app of this repository' : ''),
  };
}

/** Why its targets may not be loaded: what, and behind it what can be done. */
function problemOf({ message }: MarteauError): FileProblem {
  const [, what = message, fix = ''] = /^(.*?[^.]\.) (.*)$/s.exec(message) ?? [];
  return { line: null, column: null, path: 'target', what, fix };
}

/** With the traffic that it names, where that was read with it; and what is wrong with that. */
function filledIn(
  file: ResolvedFile,
  { traffic = {}, paths }: ReadResult,
): { file: ResolvedFile; problem?: FileProblem } {
  const wrong = (what: string, fix: string) => ({
    file,
    problem: { line: null, column: null, path: 'load', what, fix },
  });
  const minutes = new Map<string, number[]>();
  for (const name of trafficFiles(file)) {
    const path = posix.join(file.wdir, name);
    if (paths !== null && !paths.includes(path))
      return wrong(`there is no ${path} in the repository`, 'push it, or name one that is there');
    const bytes = traffic[path];
    if (bytes === undefined) return { file };
    try {
      minutes.set(name, parseTraffic(tableText(Buffer.from(bytes, 'base64'))));
    } catch (error) {
      if (!(error instanceof BadRows)) throw error;
      return wrong(`${name}: ${error.message}`, 'write a header, and a row for each minute');
    }
  }
  try {
    return { file: withTraffic(file, (name) => minutes.get(name)!) };
  } catch (error) {
    if (!isMarteauError(error)) throw error;
    return { file, problem: { ...problemOf(error), path: 'timeout' } };
  }
}

/** What the file itself says in the fields that the form offers, as it says it. */
function ownFields(written: MarteauFile, profile: string | null): Record<string, string> {
  const { profiles = {}, ...rest } = written;
  const own = profile === null ? rest : { ...rest, ...profiles[profile] };
  const nodes = Array.isArray(own.nodes)
    ? undefined // of several locations; a number in its place would be of none
    : typeof own.nodes === 'object'
      ? own.nodes.count
      : own.nodes;
  const { test, script, target, cycles, duration } = own;
  const all = { test, script, target: target === 'none' ? undefined : target, cycles, duration, nodes };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}

/** A run that wants more nodes than there are ends once it was prepared; it is known before. */
function tooFewNodes(
  { nodes: { count, labels } }: ResolvedFile,
  nodes: readonly Pick<NodeHere, 'roles' | 'labels'>[],
): FileProblem[] {
  const all = nodes.filter(({ roles }) => roles.includes('load'));
  const wanted = Object.entries(labels);
  const registered = all.filter((node) =>
    wanted.every(([name, value]) => node.labels[name] === value),
  ).length;
  if (all.length === 0 || count <= registered) return [];
  const what = `the run wants ${countOf(count, 'node')}, and this server has ${registered === 0 ? 'none with its labels' : registered}`;
  const fix =
    registered === 0 ? 'give nodes those labels, or want others' : 'want fewer, or start more workers';
  return [{ line: null, column: null, path: 'nodes', what, fix }];
}

/** A secret that is not there ends the run once it was prepared; it is known before. */
function missingSecrets({ secrets }: ResolvedFile, known: readonly string[] | null): FileProblem[] {
  const missing = known === null ? [] : secrets.filter((name) => !known.includes(name));
  if (missing.length === 0) return [];
  const names = missing.map((name) => `\${secrets.${name}}`).join(', ');
  const what = `the file uses ${names}, and this server has no such secret for this project`;
  const fix = 'whoever runs the server adds it to the secrets file';
  return [{ line: null, column: null, path: 'env', what, fix }];
}

/** Nobody who submits a run decides where the project's secrets go. */
function withheldSecrets({ secrets }: ResolvedFile, { overrides = {} }: FileChoices): FileProblem[] {
  const redirecting = secrets.length === 0 ? [] : overridesBeyond('load', overrides);
  if (redirecting.length === 0) return [];
  const path = redirecting.join(', ');
  const what = 'the file uses secrets, and a run whose submission decides where they go gets none';
  return [{ line: null, column: null, path, what, fix: `leave out ${path}, or put it into the file` }];
}

/** The names of the files are known already, so a script that is not among them need not wait for a node. */
function missingScript(file: ResolvedFile, paths: readonly string[] | null): FileProblem[] {
  if (file.script === '') return [];
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
