import type { RecordedRequest } from '../tape/exchange.ts';
import { encodingOf } from './encoding.ts';
import { quote } from './sources.ts';
import { isTemplate, literal } from './template.ts';
import type { Writing } from './writing.ts';

const ANY = 'http://localhost';

/** The source of a path with its query. */
export function writeTarget(requests: readonly RecordedRequest[], writing: Writing): string {
  const [{ target }] = requests as [RecordedRequest];
  const becomes = URL.parse(`${ANY}${target}`)?.href.slice(ANY.length) ?? '';
  if (becomes !== target)
    writing.note('fetch cannot ask for these as they were recorded', `${target} (it asks for ${becomes})`);
  const targets = requests.map((request) => cut(request.target, '?'));
  const paths = targets.map(([path]) => path.split('/'));
  const parts = paths[0]!.map((part, i) => {
    const name = `${singular(paths[0]![i - 1])}Id`;
    const raws = paths.map((path) => path[i] ?? '');
    return part === '' ? '' : (writeValue(name, raws, writing) ?? literal(part));
  });
  const queries = targets.map(([, query]) => query?.split('&') ?? []);
  const [, query] = targets[0]!;
  const text = parts.join('/') + (query === null ? '' : `?${writePairs(queries, writing).join('&')}`);
  return isTemplate(text) ? `\`${text}\`` : quote(target);
}

/** The inside of a template for each pair of a query or a form. */
export function writePairs(versions: readonly (readonly string[])[], writing: Writing): string[] {
  return versions[0]!.map((pair, i) => {
    const [name, value] = cut(pair, '=');
    if (value === null) return literal(pair);
    const raws = versions.map((each) => cut(each[i] ?? '', '=')[1] ?? '');
    const { decode } = encodingOf([name]);
    const code = writeValue(decode(name), raws, writing);
    return code === null ? literal(pair) : `${literal(name)}=${code}`;
  });
}

/** The inside of a template that puts a value there as it was encoded; null where it is the same for all. */
function writeValue(name: string, raws: readonly string[], { values, helpers }: Writing): string | null {
  const { helper, decode, code } = encodingOf(raws);
  const found = values.codeFor(name, raws.map(decode));
  if (found === null) return null;
  if (helper !== null) helpers.add(helper);
  return `\${${code(found)}}`;
}

/** At the first mark; what is behind it is null where there is none. */
function cut(text: string, mark: string): [before: string, after: string | null] {
  const at = text.indexOf(mark);
  return at === -1 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}

function singular(part = ''): string {
  return part.replace(/ies$/, 'y').replace(/s$/, '') || 'value';
}
