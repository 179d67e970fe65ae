/** What one part of the house may import: names as in the table, where `*` stands for any ending. */
export type Row = { ours: string[]; outside: string[] };

/** The rows by the name of their part. */
export type ImportTable = Map<string, Row>;

const HEAD = '| may import | of ours | from outside |';

/**
 * Reads the table of docs/architecture.md: names separated by commas; `nothing` and `anything` are words.
 * @throws when the document has no such table or names a part twice
 */
export function parseImportTable(markdown: string): ImportTable {
  const lines = markdown.split('\n').map((line) => line.trim());
  const head = lines.indexOf(HEAD);
  if (head < 0) throw new Error(`The document has no table that begins with: ${HEAD}`);

  const table: ImportTable = new Map();
  for (const line of lines.slice(head + 2)) {
    if (!line.startsWith('|')) break;
    const [parts = '', ours = '', outside = ''] = line.split('|').slice(1);
    for (const part of names(parts)) {
      if (table.has(part)) throw new Error(`The table names ${part} twice.`);
      table.set(part, { ours: names(ours), outside: names(outside) });
    }
  }
  return table;
}

function names(cell: string): string[] {
  return cell
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'nothing')
    .map((name) => (name === 'anything' ? '*' : name));
}
