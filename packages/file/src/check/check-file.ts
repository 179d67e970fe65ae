import { mergeFiles } from '../resolve/merge.ts';
import { fileRules, rules } from '../rules/index.ts';
import type { Rule } from '../rules/rule.ts';
import { checkWhen } from '../rules/when.ts';
import { MarteauFile, type PartialFile } from '../schema/file.ts';
import { explain } from './explain.ts';
import type { Mistake } from './mistake.ts';
import { type Path, pathText } from './path.ts';

/** Every mistake in a file as written: of its fields, of its fields together, and of each of its profiles. */
export function checkFile(value: unknown): Mistake[] {
  const mistakes = explain(MarteauFile, value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return mistakes;
  const { profiles, when, ...file } = value as MarteauFile;
  const wrong = new Set(mistakes.map(({ path }) => String(path[0])));
  const ofFile = applyRules(fileRules, file, wrong);
  if (!wrong.has('when') && !wrong.has('profiles'))
    checkWhen({ when, profiles }, (path, what, fix, at = 'value') => ofFile.push({ path, at, what, fix }));
  const ofProfiles = checkProfiles(file, soundProfiles(profiles, mistakes), wrong);
  return [...mistakes, ...ofFile, ...ofProfiles];
}

/** The mistakes by rules; a rule that reads a field that is wrong in itself has nothing to say. */
export function applyRules(
  list: readonly Rule[],
  file: PartialFile,
  wrong: ReadonlySet<string> = new Set(),
): Mistake[] {
  const mistakes: Mistake[] = [];
  for (const rule of list) {
    if (rule.reads.some((field) => wrong.has(field))) continue;
    rule.check(file, (path, what, fix, at = 'value') => mistakes.push({ path, at, what, fix }));
  }
  return mistakes;
}

/** The profiles without a mistake of their own. */
function soundProfiles(profiles: unknown, mistakes: readonly Mistake[]): Record<string, PartialFile> {
  if (typeof profiles !== 'object' || profiles === null || Array.isArray(profiles)) return {};
  const wrong = new Set(mistakes.filter(({ path }) => path[0] === 'profiles').map(({ path }) => path[1]));
  return Object.fromEntries(Object.entries(profiles).filter(([name]) => !wrong.has(name)));
}

/** What a profile breaks that was right without it. */
function checkProfiles(
  file: PartialFile,
  profiles: Record<string, PartialFile>,
  wrong: ReadonlySet<string>,
): Mistake[] {
  const before = new Set(applyRules(rules, file, wrong).map(key));
  return Object.entries(profiles).flatMap(([name, profile]) => {
    const alone = applyRules(rules, profile, new Set([...wrong, 'timeout']));
    const models = alone.filter(({ what }) => / exclude each other$/.test(what));
    const merged = mergeFiles(file, profile);
    const broken = applyRules(rules, merged, wrong).filter((mistake) => !before.has(key(mistake)));
    const seen = new Set<string>();
    return [...models, ...broken]
      .filter((mistake) => !seen.has(key(mistake)) && seen.add(key(mistake)))
      .map((mistake) => underProfile(mistake, name, profile));
  });
}

function underProfile(mistake: Mistake, name: string, profile: PartialFile): Mistake {
  const inside = Object.hasOwn(profile, String(mistake.path[0]));
  const path: Path = inside ? ['profiles', name, ...mistake.path] : ['profiles', name];
  const what = `with profile ${name}, ${mistake.what}`;
  return { ...mistake, path, at: inside ? mistake.at : 'key', what };
}

function key({ path, what }: Mistake): string {
  return `${pathText(path)}\n${what}`;
}
