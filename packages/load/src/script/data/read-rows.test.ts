import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseCsv } from '@marteau/file';
import { createTempFolder } from '@marteau/testkit';
import fc from 'fast-check';
import { readRows } from './read-rows.ts';

async function read(content: string | Buffer, name = 'users.csv'): Promise<unknown> {
  await using folder = await createTempFolder();
  const path = join(folder.path, name);
  await writeFile(path, content);
  return readRows(path);
}

const rows = [
  { name: 'anna', pw: 'a,"1"' },
  { name: 'bert', pw: 'two\nlines' },
];

describe('data files that people have', () => {
  const files: [string, string | Buffer, string?][] = [
    ['CSV as in RFC 4180', 'name,pw\r\nanna,"a,""1"""\r\nbert,"two\nlines"\r\n'],
    ['semicolons, as a spreadsheet in half of Europe writes', 'name;pw\nanna;"a,""1"""\nbert;"two\nlines"\n'],
    ['tabs', 'name\tpw\nanna\t"a,""1"""\nbert\t"two\nlines"\n'],
    ['bars', 'name|pw\nanna|"a,""1"""\nbert|"two\nlines"\n'],
    ['a line that names the separator', 'sep=;\nname;pw\nanna;"a,""1"""\nbert;"two\nlines"\n'],
    ['the same in quotes', '"sep=;"\nname;pw\nanna;"a,""1"""\nbert;"two\nlines"\n'],
    ['blanks before quotes', 'name, pw\n"anna", "a,""1"""\n"bert", "two\nlines"\n'],
    ['blank lines, and one of blanks', 'name,pw\n\nanna,"a,""1"""\n   \nbert,"two\nlines"\n\n'],
    ['lines that end in CR alone', 'name,pw\ranna,"a,""1"""\rbert,"two\nlines"'],
    ['the mark of UTF-8', '\ufeffname,pw\nanna,"a,""1"""\nbert,"two\nlines"\n'],
    ['UTF-16', Buffer.from('\ufeffname;pw\nanna;"a,""1"""\nbert;"two\nlines"\n', 'utf16le')],
    ['JSON', JSON.stringify(rows), 'users.json'],
    ['JSON with the mark of UTF-8', `\ufeff${JSON.stringify(rows)}`, 'users.json'],
  ];
  for (const [what, content, name] of files)
    it(what, async () => assert.deepEqual(await read(content, name), rows));

  it('takes a name in the header with line ends and other separators', async () =>
    assert.deepEqual(await read('"a\n;;b",c\n1,2\n'), [{ 'a\n;;b': '1', c: '2' }]));

  it('takes a name in the header that begins as archives do', async () =>
    assert.deepEqual(await read('PK,name\n1,anna\n'), [{ PK: '1', name: 'anna' }]));

  it('keeps numbers of JSON that a number holds', async () =>
    assert.deepEqual(await read('[{"id":9007199254740991,"x":0.12345678901234567890,"y":1e400}]', 'a.json'), [
      { id: 9007199254740991, x: 0.12345678901234568, y: Number.POSITIVE_INFINITY },
    ]));

  it('keeps blanks that are no mistake', async () => {
    assert.deepEqual(await read('name,pw\n anna , x\n'), [{ name: ' anna ', pw: ' x' }]);
  });
});

describe('data files that cannot be read', () => {
  const wrong: [string, string | Buffer, RegExp, string?][] = [
    ['a quote within a field', 'name,pw\nan"na,x\n', /^line 2 has a quote that does not stand around/],
    ['text after a quote', 'name,pw\n"anna"x,y\n', /^line 2 has a quote that does not stand around/],
    [
      'a quote that is not closed',
      'name,pw\n"anna,x\nbert,y\n',
      /^the quote that begins before line \d is not closed/,
    ],
    ['a row with more fields', 'name,pw\nanna,x\n\nbert,y,z\n', /^line 4 has 3 fields, and the header has 2/],
    ['that below a field of two lines', 'name,pw\n"an\nna",x\nbert\n', /^line 4 has 1 fields/],
    ['that below a named separator', 'sep=;\nname;pw\nanna\n', /^line 3 has 1 fields/],
    ['two columns of a name', 'name,name\na,b\n', /^two of its columns are called 'name'/],
    ['a column without a name', 'name,\na,b\n', /^column 2 of its header has no name/],
    [
      'Latin 1',
      Buffer.from('name,pw\nanna,x\nJos\xe9,y\n', 'latin1'),
      /^line 3 is no UTF-8; save the file as UTF-8/,
    ],
    [
      'UTF-16 without its mark',
      Buffer.from('name,pw\nanna,x\n', 'utf16le'),
      /^it has bytes of zero, as UTF-16/,
    ],
    [
      'a number that would become another',
      '[{"id": 154284075601887489}]',
      /^154284075601887489 has more digits/,
      'users.json',
    ],
    ['JSON line by line', '{"a": 1}\n{"a": 2}\n', /^it is JSON line by line; write one list/, 'users.json'],
    ['an older spreadsheet', Buffer.from('d0cf11e0a1b11ae1', 'hex'), /^it is a spreadsheet or an archive/],
    ['what is packed', Buffer.from('1f8b0800', 'hex'), /^it is a spreadsheet or an archive/],
    [
      'an older pointer of Git LFS',
      'version https://hawser.github.com/spec/v1\noid sha256:4d7a\n',
      /^it is a pointer of Git LFS/,
    ],
    ['a spreadsheet', Buffer.from('PK\x03\x04...'), /^it is a spreadsheet or an archive; save it as CSV/],
    [
      'a pointer of Git LFS',
      'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n',
      /^it is a pointer of Git LFS/,
    ],
    ['nothing', '', /^it has no rows/],
    ['a header alone', 'name,pw\n', /^it has no rows/],
    ['JSON that is no list', '{}', /^it holds no list/, 'users.json'],
    ['no JSON', '[1,', /^it is no JSON: /, 'users.json'],
  ];
  for (const [what, content, message, name] of wrong)
    it(what, () => assert.rejects(read(content, name), { name: 'BadRows', message }));
});

it('reads back whatever was written as RFC 4180 says', () => {
  const field = fc.string({
    unit: fc.constantFrom('a', 'B', '1', ' ', ',', ';', '"', '\n', '\r\n', 'é', '😀'),
  });
  fc.assert(
    fc.property(fc.array(fc.tuple(field, field), { maxLength: 5 }), (pairs) => {
      const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
      const text = ['first,second', ...pairs.map((pair) => pair.map(quoted).join(','))].join('\r\n');
      assert.deepEqual(
        parseCsv(text),
        pairs.map(([first, second]) => ({ first, second })),
      );
    }),
  );
});
