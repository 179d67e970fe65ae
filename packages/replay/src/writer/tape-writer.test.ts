import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { createTempFolder } from '@marteau/testkit';
import { readRec } from '../rec/read-rec.ts';
import { readTape } from '../tape/read-tape.ts';
import { openTapeWriter } from './tape-writer.ts';

const exchangeOf = (bytes: number) =>
  readRec(Buffer.from(`GET /a HTTP/1.1\n\n\n200 OK\n\n${'x'.repeat(bytes)}\n`), 'a.rec').exchanges[0]!;

for (const name of ['a.rec', 'a.har']) {
  describe(`writing ${name}`, () => {
    test('a tape takes no more than can be read again', async () => {
      await using folder = await createTempFolder();
      const file = join(folder.path, name);
      const writer = openTapeWriter(file, { fresh: true, largest: 3000 });
      assert.deepEqual(
        [1000, 5000, 10].map((bytes) => writer.write(exchangeOf(bytes))),
        [true, false, true],
      );
      writer.close();
      assert.deepEqual(
        readTape(file).exchanges.map(({ answer }) => answer.body.length),
        [1000, 10],
      );
    });

    test('a disk without room leaves the tape as it was, and what comes later is on it', async () => {
      await using folder = await createTempFolder();
      const file = join(folder.path, name);
      const program = `
        import { openTapeWriter } from ${JSON.stringify(join(import.meta.dirname, 'tape-writer.ts'))};
        import { readRec } from ${JSON.stringify(join(import.meta.dirname, '../rec/read-rec.ts'))};
        const exchangeOf = ${exchangeOf};
        const writer = openTapeWriter(${JSON.stringify(file)}, { fresh: true });
        for (const bytes of [100, 100_000, 200]) {
          try {
            writer.write(exchangeOf(bytes));
          } catch (error) {
            console.log(error.code);
          }
        }
        writer.close();`;
      // The shell's limit on the size of files stands for a full disk.
      const { stdout } = await promisify(execFile)('sh', [
        '-c',
        'ulimit -f 32; exec "$0" --input-type=module-typescript --eval "$1"',
        process.execPath,
        program,
      ]);
      assert.equal(stdout, 'EFBIG\n');
      const { exchanges, notes } = readTape(file);
      assert.deepEqual([exchanges.map(({ answer }) => answer.body.length), notes], [[100, 200], []]);
      assert.ok((await readFile(file)).length < 5000);
    });
  });
}
