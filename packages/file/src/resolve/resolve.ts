import { nearest } from '@marteau/shared';
import type { TSchema } from 'typebox';
import { applyRules } from '../check/check-file.ts';
import { explain } from '../check/explain.ts';
import { pathText } from '../check/path.ts';
import type { FileProblem } from '../check/problem.ts';
import type { Schema } from '../check/wanted.ts';
import { beyondLimits, fileLimits } from '../parse/limits.ts';
import { rules } from '../rules/index.ts';
import { type MarteauFile, PartialFile } from '../schema/file.ts';
import type { Runner } from '../schema/runner.ts';
import { fill } from './fill.ts';
import { mergeFiles, withoutEmpty } from './merge.ts';
import type { ResolvedFile } from './resolved-file.ts';

/** What a submission adds to the file. Fields of a form may be text throughout: '3' is a number of nodes, too. */
export interface FileChoices {
  /** The name of a profile of the file; empty for none. */
  profile?: string | null;
  /** Any fields of the file; empty ones change nothing. `find.maxUsers` is a field of the file's own `find`. */
  overrides?: Record<string, unknown>;
  /** What the script itself tells of who runs it, where somebody has read it. */
  found?: Runner;
}

export type ResolvedResult =
  | { file: ResolvedFile; problems: [] }
  | { file: null; problems: [FileProblem, ...FileProblem[]] };

/** The file as it will run: the profile merged over it, the overrides over both, and defaults filled in. */
export function resolveFile(written: MarteauFile, choices: FileChoices = {}): ResolvedResult {
  const { profiles = {}, ...rest } = written;
  const { target, ...others } = rest;
  const file = target === 'none' ? others : rest;
  const profile = choices.profile?.trim() || null;
  if (profile !== null && !Object.hasOwn(profiles, profile))
    return wrong([unknownProfile(profile, Object.keys(profiles))]);
  const excess = beyondLimits(choices.overrides);
  if (excess !== null)
    return wrong([problem('', `the overrides ${excess}`, 'put what is large into the file')]);
  const misnamed = Object.keys(choices.overrides ?? {}).find((name) => !isPath(name.split('.')));
  if (misnamed !== undefined)
    return wrong([
      problem(
        '',
        `the override ${misnamed.slice(0, 60)} is no field of a field`,
        'write it as in find.maxUsers',
      ),
    ]);
  const chosen = profile === null ? file : mergeFiles(file, profiles[profile]!);
  const overrides = asWritten(unfolded(withoutEmpty(choices.overrides ?? {}) as Fields, chosen));
  const mistakes = explain(PartialFile, overrides);
  if (mistakes.length > 0) {
    return wrong(
      mistakes.map(({ path, what, fix }) => problem(pathText(path), inOverride(path[0], what), fix)),
    );
  }
  const merged = mergeFiles(chosen, overrides as PartialFile);
  const broken = applyRules(rules, merged);
  if (broken.length === 0) return { file: fill(merged, profile, choices.found), problems: [] };
  const names = Object.keys(overrides as object);
  return wrong(
    broken.map(({ path, what, fix }) => {
      const top = String(path[0]);
      return problem(pathText(path), inOverride(names.includes(top) ? top : names.join(', '), what), fix);
    }),
  );
}

type Fields = Record<string, unknown>;

/** No deeper than a file may be, and nothing that is more than a name. */
function isPath(names: readonly string[]): boolean {
  return names.length <= fileLimits.depth && !names.includes('__proto__');
}

/** `find.maxUsers` as all of `find`: what the file says of it, or another override, with that one field changed. */
function unfolded(overrides: Fields, file: Fields): Fields {
  const result = new Map<string, unknown>();
  for (const [name, value] of Object.entries(overrides)) {
    const [top, ...path] = name.split('.') as [string, ...string[]];
    if (path.length === 0) result.set(top, value);
    else {
      const schema = schemaAt(PartialFile as Schema, [top, ...path]);
      const plain = schema && typeof value === 'string' ? plainValue(schema, value.trim()) : value;
      const own = Object.hasOwn(file, top) ? file[top] : undefined;
      result.set(top, withField(result.get(top) ?? own, path, plain));
    }
  }
  return Object.fromEntries(result);
}

function withField(map: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  const fields = typeof map === 'object' && map !== null && !Array.isArray(map) ? (map as Fields) : {};
  return {
    ...fields,
    [name]: withField(Object.hasOwn(fields, name) ? fields[name] : undefined, rest, value),
  };
}

/** What the schema says of a field; undefined where it names none. */
function schemaAt(schema: Schema, [name, ...rest]: readonly string[]): Schema | undefined {
  if (name === undefined) return schema;
  const { properties = {} } = schema as { properties?: Record<string, Schema> };
  const inner = Object.hasOwn(properties, name) ? properties[name] : undefined;
  return inner && schemaAt(inner, rest);
}

function inOverride(field: string | number | undefined, what: string): string {
  return field === undefined || field === '' ? what : `in the override ${field}: ${what}`;
}

/** Text where the schema wants none becomes what it says: '3' → 3, 'true' → true. */
function asWritten(overrides: unknown): unknown {
  if (typeof overrides !== 'object' || overrides === null || Array.isArray(overrides)) return overrides;
  const fields = PartialFile.properties as Record<string, TSchema>;
  const entries = Object.entries(overrides).map(([name, value]) => {
    const schema = Object.hasOwn(fields, name) ? (fields[name] as Schema) : undefined;
    return [name, schema && typeof value === 'string' ? plainValue(schema, value.trim()) : value] as const;
  });
  return Object.fromEntries(entries);
}

function plainValue(schema: Schema, text: string): unknown {
  const types = [schema, ...(schema.anyOf ?? [])].map(({ type, enum: values }) => (values ? 'string' : type));
  if (types.includes('string')) return text;
  if (types.includes('integer') && /^\d{1,15}$/.test(text)) return Number(text);
  if (types.includes('boolean') && /^(true|false)$/.test(text)) return text === 'true';
  return text;
}

function unknownProfile(name: string, known: string[]): FileProblem {
  const near = nearest(name, known);
  const there = known.length === 0 ? 'the file has no profiles' : `profiles are ${known.join(', ')}`;
  return problem(
    'profile',
    `there is no profile '${name.slice(0, 60)}'`,
    near === null ? there : `did you mean '${near}'?`,
  );
}

function problem(path: string, what: string, fix: string): FileProblem {
  return { line: null, column: null, path, what, fix };
}

function wrong(problems: FileProblem[]): ResolvedResult {
  return { file: null, problems: problems as [FileProblem, ...FileProblem[]] };
}
