import { nearest } from '@marteau/shared';
import type { TSchema } from 'typebox';
import { type GrammarName, grammars } from '../grammar/index.ts';
import type { Mistake } from './mistake.ts';
import { type Path, pathText } from './path.ts';
import { flow, show } from './show.ts';
import { fieldRemedy, meantField } from './unknown-field.ts';
import { remedy, type Schema, wanted } from './wanted.ts';

/** Every mistake in a value, by the schema that it should follow. Empty if and only if the value is right. */
export function explain(schema: TSchema, value: unknown): Mistake[] {
  const mistakes: Mistake[] = [];
  check(schema as Schema, value, [], mistakes);
  return mistakes;
}

function check(schema: Schema, value: unknown, path: Path, mistakes: Mistake[]): void {
  if (schema.anyOf) checkUnion(schema, schema.anyOf, value, path, mistakes);
  else if (schema.enum) checkEnum(schema, schema.enum, value, path, mistakes);
  else if (schema.type !== typeOf(value) && !(schema.type === 'number' && typeOf(value) === 'integer')) {
    mistakes.push(wrong(schema, value, path));
  } else if (Array.isArray(value)) checkList(schema, value, path, mistakes);
  else if (isMap(value)) checkMap(schema, value, path, mistakes);
  else if (typeof value === 'string') checkText(schema, value, path, mistakes);
  else if (typeof value === 'number') checkNumber(schema, value, path, mistakes);
}

/** The branches of our unions differ in type (a test keeps it so), and so the value's type picks the one. */
function checkUnion(
  schema: Schema,
  branches: Schema[],
  value: unknown,
  path: Path,
  mistakes: Mistake[],
): void {
  const branch =
    branches.find((one) => accepts(one, value)) ??
    // An unknown word where words are listed: say which there are.
    branches.find((one) => one.enum && typeof value === 'string');
  if (!branch) mistakes.push(wrong(schema, value, path));
  else if (schema.grammar && typeof value === 'string') {
    checkText({ ...branch, grammar: schema.grammar }, value, path, mistakes);
  } else if (schema.grammar) checkGrammar(schema.grammar, value, path, mistakes);
  else check({ ...branch, examples: branch.examples ?? schema.examples }, value, path, mistakes);
}

function accepts(branch: Schema, value: unknown): boolean {
  if (branch.anyOf) return branch.anyOf.some((one) => accepts(one, value));
  if (branch.enum) return branch.enum.includes(value);
  const type = typeOf(value);
  // A fraction where a whole number belongs is a wrong number and no wrong type.
  return branch.type === type || (typeof value === 'number' && /^(integer|number)$/.test(branch.type ?? ''));
}

function checkEnum(schema: Schema, values: unknown[], value: unknown, path: Path, mistakes: Mistake[]): void {
  if (values.includes(value)) return;
  const near = typeof value === 'string' ? nearest(value, values.map(String)) : null;
  const mistake = wrong(schema, value, path);
  mistakes.push(near === null ? mistake : { ...mistake, fix: `did you mean '${near}'?` });
}

function checkList(schema: Schema, list: unknown[], path: Path, mistakes: Mistake[]): void {
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY, items } = schema;
  if (list.length < minItems) mistakes.push(empty(path));
  if (list.length > maxItems) {
    mistakes.push(at(path, `${pathText(path)} has ${list.length} entries`, `${maxItems} is the most`));
  }
  if (items) for (const [i, item] of list.entries()) check(items, item, [...path, i], mistakes);
}

function checkMap(schema: Schema, map: Record<string, unknown>, path: Path, mistakes: Mistake[]): void {
  if (schema.properties) checkFields(schema, schema.properties, map, path, mistakes);
  else checkEntries(schema, map, path, mistakes);
}

function checkFields(
  schema: Schema,
  properties: Record<string, Schema>,
  map: Record<string, unknown>,
  path: Path,
  mistakes: Mistake[],
): void {
  const fields = Object.keys(properties);
  const misspelt = new Set<string | null>();
  for (const [name, value] of Object.entries(map)) {
    const place = [...path, name];
    if (Object.hasOwn(properties, name)) check(properties[name]!, value, place, mistakes);
    else {
      const meant = meantField(name, fields);
      misspelt.add(meant);
      mistakes.push({
        path: place,
        at: 'key',
        what: `unknown field ${show(name)}`,
        fix: fieldRemedy(meant, fields, name),
      });
    }
  }
  for (const name of schema.required ?? []) {
    if (!Object.hasOwn(map, name) && !misspelt.has(name))
      mistakes.push(missing(name, properties[name], path));
  }
}

/** A map whose names are the author's own. */
function checkEntries(schema: Schema, map: Record<string, unknown>, path: Path, mistakes: Mistake[]): void {
  const names = Object.keys(map);
  const { minProperties = 0, maxProperties = Number.POSITIVE_INFINITY } = schema;
  if (names.length < minProperties) mistakes.push(empty(path));
  if (names.length > maxProperties) {
    mistakes.push(at(path, `${pathText(path)} has ${names.length} entries`, `${maxProperties} is the most`));
  }
  const entry = Object.values(schema.patternProperties ?? {})[0];
  for (const name of names) {
    const place = [...path, name];
    if (schema.key) checkGrammar(schema.key, name, place, mistakes, 'key');
    if (entry) check(entry, map[name], place, mistakes);
  }
}

function checkText(schema: Schema, text: string, path: Path, mistakes: Mistake[]): void {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema;
  if (text.length < minLength) mistakes.push(wrong(schema, text, path));
  else if (text.length > maxLength) {
    mistakes.push(at(path, `${pathText(path)} has ${text.length} letters`, `${maxLength} is the most`));
  } else if (schema.grammar) checkGrammar(schema.grammar, text, path, mistakes);
}

function checkNumber(schema: Schema, value: number, path: Path, mistakes: Mistake[]): void {
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = schema;
  if (schema.type === 'integer' && !Number.isSafeInteger(value)) mistakes.push(wrong(schema, value, path));
  else if (value < minimum)
    mistakes.push(at(path, `${pathText(path)} is ${value}`, `${minimum} is the least`));
  else if (value > maximum)
    mistakes.push(at(path, `${pathText(path)} is ${value}`, `${maximum} is the most`));
}

function checkGrammar(
  name: GrammarName,
  value: unknown,
  path: Path,
  mistakes: Mistake[],
  part: 'key' | 'value' = 'value',
): void {
  const grammar = grammars[name];
  const found = grammar.explain(String(value));
  if (!found) return;
  const subject = part === 'key' ? show(value) : pathText(path);
  const said = part === 'key' ? `is not ${grammar.wanted}` : `is ${show(value)}, not ${grammar.wanted}`;
  // What a grammar says about itself stands alone ("unknown metric 'p9'"); the rest is about the field.
  const what = found.what === undefined ? `${subject} ${said}` : sentence(subject, found.what);
  mistakes.push({ path, at: part, offset: found.offset ?? 0, what, fix: found.fix ?? grammar.fix });
}

function sentence(subject: string, what: string): string {
  return /^(is|has|holds|begins|adds|ends)\b/.test(what) ? `${subject} ${what}` : what;
}

function missing(name: string, schema: Schema | undefined, path: Path): Mistake {
  const example = schema?.examples?.[0];
  const where = path.length === 0 ? '' : ` in ${pathText(path)}`;
  const fix = example === undefined ? `add ${name}:` : `add it, as in ${name}: ${flow(example)}`;
  return { path, at: path.length === 0 ? 'value' : 'key', what: `'${name}' is missing${where}`, fix };
}

function wrong(schema: Schema, value: unknown, path: Path): Mistake {
  if (path.length === 0) {
    const what = `the file is ${show(value)}, not a map of fields`;
    const glued = typeof value === 'string' && /^\w+:\S/.test(value);
    return at(
      path,
      what,
      glued ? 'put a space behind each colon' : 'write fields, as in script: loadtest/checkout.test.ts',
    );
  }
  return at(path, `${pathText(path)} is ${show(value)}, not ${wanted(schema)}`, remedy(schema));
}

function empty(path: Path): Mistake {
  return at(path, `${pathText(path)} is empty`, 'add an entry, or leave the field out');
}

function at(path: Path, what: string, fix: string): Mistake {
  return { path, at: 'value', what, fix };
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
