import { CsvError, parse } from 'csv-parse/sync';

/** A mistake in a data file, told without the file's name. */
export class BadRows extends Error {
  override readonly name = 'BadRows';
}

const SEPARATORS = [',', ';', '\t', '|'];

/**
 * Reads CSV with a header line (RFC 4180): a row becomes a record of text. What parts the fields is a comma, or a
 * semicolon, a tab or a bar where the header has more of those; `sep=;` in a line before the header says it, too.
 * @throws BadRows with the line
 */
export function parseCsv(text: string): Record<string, string>[] {
  const told = /^("?)sep=(.)\1(?:\r\n|\n|\r)/i.exec(text);
  const begun = told ? 1 : 0;
  const [header, ...records] = recordsOf(told ? text.slice(told[0].length) : text, told?.[2], begun);
  if (!header) return [];
  const names = header.fields.map((name) => name.trim());
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new BadRows(`two of its columns are called '${twice}'`);
  if (names.includes('')) throw new BadRows(`column ${names.indexOf('') + 1} of its header has no name`);
  return records.map(({ fields, line }) => {
    if (fields.length !== names.length) {
      throw new BadRows(`line ${line} has ${fields.length} fields, and the header has ${names.length}`);
    }
    return Object.fromEntries(names.map((name, i) => [name, fields[i]!]));
  });
}

interface CsvRecord {
  readonly fields: string[];
  /** From 1, where it begins. */
  readonly line: number;
}

function recordsOf(text: string, told: string | undefined, begun: number): CsvRecord[] {
  const delimiter = told ?? separatorOf(text);
  try {
    const records = parse(text, {
      delimiter,
      // Where a quote stands behind a blank, blanks are no part of the fields.
      trim: new RegExp(`${RegExp.escape(delimiter)} +"`).test(text),
      info: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as { record: string[]; info: { lines: number } }[]; // its types know nothing of `info`
    return records
      .filter(({ record: [first, ...others] }) => others.length > 0 || first?.trim() !== '')
      .map(({ record: fields, info }) => ({ fields, line: begun + info.lines - linesWithin(fields) }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = begun + Number(error.lines);
    const why =
      error.code === 'CSV_QUOTE_NOT_CLOSED'
        ? `the quote that begins before line ${line + 1} is not closed`
        : `line ${line} has a quote that does not stand around a whole field`;
    throw new BadRows(why);
  }
}

/** The one that the header has most of. */
function separatorOf(text: string): string {
  const header = /^(?:"[^"]*"|[^"\r\n]+)*/.exec(text)![0].replaceAll(/"[^"]*"/g, '');
  const count = (separator: string): number => header.split(separator).length;
  return SEPARATORS.reduce((most, each) => (count(each) > count(most) ? each : most));
}

function linesWithin(fields: readonly string[]): number {
  return fields.reduce((sum, field) => sum + (field.match(/\r\n|\n|\r/g)?.length ?? 0), 0);
}
