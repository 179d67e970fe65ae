/** A mistake in a data file, told without the file's name. */
export class BadRows extends Error {
  override readonly name = 'BadRows';
}

/**
 * Reads CSV with a header line (RFC 4180; lines may also end in LF alone): a row becomes a record of text.
 * @throws BadRows with the line
 */
export function parseCsv(text: string): Record<string, string>[] {
  const [header, ...lines] = records(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  if (!header) return [];
  const names = header.fields.map((name) => name.trim());
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new BadRows(`two of its columns are called '${twice}'`);
  return lines.map(({ fields, line }) => {
    if (fields.length !== names.length) {
      throw new BadRows(`line ${line} has ${fields.length} fields, and the header has ${names.length}`);
    }
    return Object.fromEntries(names.map((name, i) => [name, fields[i]!]));
  });
}

interface CsvRecord {
  readonly fields: string[];
  readonly line: number;
}

/** One field and what ends it: the text between quotes, or anything up to a comma or the end of the line. */
const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;

function records(text: string): CsvRecord[] {
  const all: CsvRecord[] = [];
  let fields: string[] = [];
  let line = 1;
  let began = 1;
  field.lastIndex = 0;
  while (field.lastIndex < text.length || fields.length > 0) {
    const match = field.exec(text);
    if (!match) throw new BadRows(`line ${line} has a quote that does not stand around a whole field`);
    const [whole, quoted, plain = '', end] = match;
    fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    line += whole.split('\n').length - 1;
    if (end === ',') continue;
    if (fields.length > 1 || fields[0] !== '') all.push({ fields, line: began });
    fields = [];
    began = line;
  }
  return all;
}
