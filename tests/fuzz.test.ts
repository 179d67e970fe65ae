// Each input that fuzzing found worth keeping goes through its parser once; `npm run fuzz` finds more of them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readCorpus } from './fuzz/corpus.ts';
import { whatIsWrong } from './fuzz/fuzz.ts';
import { pieces } from './fuzz/pieces.ts';
import { targets } from './fuzz/targets/index.ts';

describe('the corpus of each parser of foreign bytes', async () => {
  for (const [name, load] of Object.entries(targets)) {
    const { target } = await load();
    test(name, () => {
      assert.equal(target.name, name);
      const corpus = readCorpus(name);
      assert.ok(corpus.size > 0, 'it has inputs');
      for (const [file, bytes] of corpus) assert.equal(whatIsWrong(target, bytes), null, file);
    });
  }
});

test('pieces are all of an input, in its order', () => {
  const bytes = Buffer.from(Array.from({ length: 999 }, (_, i) => (i * 7) % 256));
  assert.deepEqual(Buffer.concat(pieces(bytes)), bytes);
  assert.ok(pieces(bytes).length > 10);
});
