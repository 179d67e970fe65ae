import assert from 'node:assert/strict';
import { BadRows } from '../../../packages/file/src/table/csv.ts';
import { rowsIn } from '../../../packages/load/src/script/data/read-rows.ts';
import type { Target } from '../target.ts';

/**
 * A data file. What is wrong with it is a BadRows, in one sentence; what was read, written with every field in quotes, is
 * read again as it was.
 */
export const target: Target = {
  name: 'csv',
  run(bytes) {
    const rows = read(bytes);
    if (rows === null) return;
    const columns = Object.keys(rows[0]!);
    for (const row of rows) assert.deepEqual(Object.keys(row), columns);
    const names = Object.entries(rows[0]!).map(([name]) => name);
    // Names that are numbers are told in an order of their own.
    const lines = [names, ...rows.map((row) => names.map((name) => row[name]!))];
    const written = lines.map((fields) => fields.map(quoted).join(',')).join('\n');
    assert.deepEqual(read(Buffer.from(written)), rows);
  },
  seeds: () =>
    [
      'name,password\nada,1\nalan,2\n',
      'sep=;\r\na;b\r\n1;"2;3"\r\n',
      '\ufeffa\tb\n1\t""\n',
      'a|b\r1|"x ""y"""\r',
      'a, "b"\n1, "2"\n',
      'a,a\n1,2\n',
      'a,b\n1\n',
      'a,\n1,2\n',
      'a,b\n"1,2\n',
      'a,b\n1"2",3\n',
      '"a\n",b\n"1\r\n2",3\n\n\n4,5',
      'PK\x03\x04',
      'version https://git-lfs.github.com/spec/v1\n',
      '10,2\na,b\n',
    ]
      .map((text) => Buffer.from(text))
      .concat(Buffer.from('\xff\xfea\0\n\x001\0\n\0', 'latin1'), Buffer.from('a\n\xe4\n', 'latin1')),
  dictionary: [
    '"',
    '""',
    ',',
    ';',
    '\t',
    '|',
    '\r\n',
    '\n',
    '\r',
    ' "',
    '" ',
    'sep=',
    '\xef\xbb\xbf',
    '__proto__',
  ],
};

function read(bytes: Buffer): Record<string, string>[] | null {
  try {
    return rowsIn(bytes, 'data.csv') as Record<string, string>[];
  } catch (error) {
    if (!(error instanceof BadRows)) throw error;
    return null;
  }
}

function quoted(field: string): string {
  return `"${field.replaceAll('"', '""')}"`;
}
