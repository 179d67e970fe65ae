// Each input that fuzzing found worth keeping goes through its parser once; `npm run fuzz` finds more of them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readCorpus } from './fuzz/corpus.ts';
import { inParts } from './fuzz/cut.ts';
import { whatIsWrong } from './fuzz/fuzz.ts';
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

test('an input in parts is all of it, in its order', () => {
  const bytes = Buffer.from(Array.from({ length: 999 }, (_, i) => (i * 7) % 256));
  assert.deepEqual(Buffer.concat(inParts(bytes)), bytes);
  assert.ok(inParts(bytes).length > 10);
});
