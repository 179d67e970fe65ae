import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { kinds } from '../fixtures/places.ts';

const id = 'r1m7y5zas7ebjfdxnyv';
const other = 'r1m7y5zas7ebjfdxnyw';
const oddNames = [
  '../run.json',
  'a/../../x',
  '/etc/passwd',
  '',
  '.',
  '..',
  'a//b',
  '.hidden',
  'a/.b',
  'a\\b',
  'a b',
  'a\0b',
  'a/b/c/d',
  'ü',
  'x'.repeat(200),
];

for (const { kind, open } of kinds)
  describe(`folders on ${kind}`, () => {
    test('files are put whole, read back, listed and removed', async () => {
      await using bed = await open();
      const folder = bed.folders.of(id);
      assert.deepEqual(await folder.list(), []);
      assert.equal(await folder.text('run.json'), null);
      const put = await folder.put('run.json', '{"v":1}');
      assert.deepEqual([put.name, put.size], ['run.json', 7]);
      await folder.put('shares/1-0.json', Buffer.from([1, 2, 3]));
      await folder.put('console.log', Readable.from(['one\n', 'two\n']));
      await folder.put('empty', '');
      await folder.put('nothing', Readable.from([]));
      assert.equal(await folder.text('run.json'), '{"v":1}');
      assert.equal(await folder.text('console.log'), 'one\ntwo\n');
      assert.equal(await folder.text('empty'), '');
      const listed = await folder.list();
      assert.deepEqual(
        listed.map(({ name, size }) => [name, size]),
        [
          ['console.log', 8],
          ['empty', 0],
          ['nothing', 0],
          ['run.json', 7],
          ['shares/1-0.json', 3],
        ],
      );
      for (const { modifiedAt } of listed) assert.ok(Math.abs(Date.now() - modifiedAt.getTime()) < 60_000);
      await bed.folders.of(other).put('a', '12345');
      assert.deepEqual(
        await bed.folders.sizes(),
        new Map([
          [id, 18],
          [other, 5],
        ]),
      );
      assert.deepEqual(await bed.folders.list(), [id, other]);
      await folder.remove('shares');
      await folder.remove('console.log');
      await folder.remove('never.there');
      assert.equal(await folder.open('shares/1-0.json'), null);
      assert.equal(await folder.open('console.log'), null);
      await bed.folders.remove(id);
      await bed.folders.remove(id);
      assert.deepEqual(await bed.folders.list(), [other]);
      assert.equal(await bed.folders.of(other).text('a'), '12345');
    });

    test('what begins with the same letters is another file', async () => {
      await using bed = await open();
      const folder = bed.folders.of(id);
      await folder.put('work.json', '1');
      await folder.put('work/a', '2');
      await folder.remove('work');
      assert.deepEqual(
        (await folder.list()).map(({ name }) => name),
        ['work.json'],
      );
    });

    test('a range is both ends included, and one behind the end is empty', async () => {
      await using bed = await open();
      const folder = bed.folders.of(id);
      await folder.put('a.txt', '0123456789');
      const read = async (range?: { start: number; end?: number }) => {
        const file = await folder.open('a.txt', range);
        assert.equal(file?.size, 10);
        return String(Buffer.concat(await file!.stream.toArray()));
      };
      assert.deepEqual(
        [
          await read({ start: 2, end: 4 }),
          await read({ start: 7 }),
          await read(),
          await read({ start: 10 }),
          await read({ start: 5, end: 100 }),
        ],
        ['234', '789', '0123456789', '', '56789'],
      );
      await folder.put('empty', '');
      const empty = await folder.open('empty', { start: 0 });
      assert.deepEqual([empty?.size, await empty!.stream.toArray()], [0, []]);
    });

    test('readers see the old file or the new one, and a put that fails leaves the old', async () => {
      await using bed = await open();
      const folder = bed.folders.of(id);
      await folder.put('a.txt', 'old');
      async function* half() {
        yield 'half of the ';
        assert.equal(await folder.text('a.txt'), 'old');
        throw new Error('the source broke');
      }
      await assert.rejects(folder.put('a.txt', Readable.from(half())), /^Error: the source broke$/);
      assert.equal(await folder.text('a.txt'), 'old');
      assert.deepEqual(
        (await folder.list()).map(({ name }) => name),
        ['a.txt'],
      );
      await folder.put('a.txt', 'new');
      assert.equal(await folder.text('a.txt'), 'new');
    });

    test('large files go through as streams, byte for byte', async () => {
      await using bed = await open();
      const folder = bed.folders.of(id);
      const block = Buffer.alloc(65_536);
      for (let i = 0; i < block.length; i++) block[i] = (i * 7) % 251;
      const blocks = 200;
      function* many() {
        for (let n = 0; n < blocks; n++) yield block;
      }
      const { size } = await folder.put('big', Readable.from(many()));
      assert.equal(size, blocks * block.length);
      const file = await folder.open('big');
      assert.equal(file?.size, size);
      const read = Buffer.concat(await file!.stream.toArray());
      assert.ok(read.equals(Buffer.concat([...many()])));
    });

    test('no file has a name that leads elsewhere', async () => {
      await using bed = await open();
      const folder = bed.folders.of(id);
      for (const name of oddNames)
        for (const act of [() => folder.put(name, ''), () => folder.open(name), () => folder.remove(name)])
          await assert.rejects(async () => act(), { code: 'bad-file-name' }, JSON.stringify(name));
    });

    test('no run has another shape of id', async () => {
      await using bed = await open();
      for (const odd of ['..', '', '../x', 'r1', `${id}/..`]) {
        assert.throws(() => bed.folders.of(odd), { code: 'bad-file-name' });
        await assert.rejects(bed.folders.remove(odd), { code: 'bad-file-name' });
      }
    });
  });
