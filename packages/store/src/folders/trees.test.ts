import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { kinds } from '../fixtures/places.ts';

const archive = (text: string) => Readable.from([Buffer.from(text)]);
const hello = 'sha256-2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';
const hour = 3_600_000;

/** The next call gets a time of its own. */
function nextMillisecond(): void {
  for (const now = Date.now(); Date.now() <= now; );
}

for (const { kind, open } of kinds)
  describe(`trees on ${kind}`, () => {
    test('the same bytes have the same address and are kept once', async () => {
      await using bed = await open();
      const { trees } = bed;
      assert.equal(await trees.has(hello), false);
      assert.equal(await trees.get(hello), null);
      assert.deepEqual(await trees.put(archive('hello')), { tree: hello, size: 5 });
      assert.deepEqual(await trees.put(archive('hello')), { tree: hello, size: 5 });
      assert.equal(await trees.has(hello), true);
      assert.equal(String(await buffer((await trees.get(hello))!)), 'hello');
      bed.pass(hour);
      assert.deepEqual(await trees.expire({ maxAgeMs: 1, maxBytes: 100 }), { removed: 1, bytes: 5 });
      assert.equal(await trees.has(hello), false);
    });

    test('an archive that breaks off is not kept', async () => {
      await using bed = await open();
      async function* half() {
        yield Buffer.from('hel');
        throw new Error('the source broke');
      }
      await assert.rejects(bed.trees.put(Readable.from(half())), /^Error: the source broke$/);
      bed.pass(hour);
      assert.deepEqual(await bed.trees.expire({ maxAgeMs: 1, maxBytes: 0 }), { removed: 0, bytes: 0 });
    });

    test('an address is checked', async () => {
      await using bed = await open();
      for (const odd of ['../x', '', 'sha256-00', hello.toUpperCase()])
        for (const act of [() => bed.trees.get(odd), () => bed.trees.has(odd)])
          await assert.rejects(async () => act(), { code: 'bad-file-name' });
    });

    test('what was not used for long goes, then the least recently used; reading is use', async () => {
      await using bed = await open();
      const kept: string[] = [];
      for (const text of ['aaaaaaaaaa', 'bbbbbbbbbb', 'cccccccccc', 'dddddddddd']) {
        kept.push((await bed.trees.put(archive(text))).tree);
        nextMillisecond();
      }
      await buffer((await bed.trees.get(kept[0]!))!);
      assert.deepEqual(await bed.trees.expire({ maxAgeMs: hour, maxBytes: 40 }), { removed: 0, bytes: 0 });
      assert.deepEqual(await bed.trees.expire({ maxAgeMs: hour, maxBytes: 15 }), { removed: 3, bytes: 30 });
      assert.deepEqual(await Promise.all(kept.map((tree) => bed.trees.has(tree))), [
        true,
        false,
        false,
        false,
      ]);
      bed.pass(2 * hour);
      assert.deepEqual(await bed.trees.expire({ maxAgeMs: hour, maxBytes: 15 }), { removed: 1, bytes: 10 });
    });
  });
