import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { catalogue } from './catalogue.ts';
import { foreignError } from './foreign-error.ts';

test('what an engine can say becomes its error', () => {
  assert.match(foreignError('script-threw', { where: 'a.ts:1:1', message: 'no' }).message, /a\.ts:1:1.*: no/);
  assert.equal(foreignError('node-disk-full', { node: 'n1' }).code, 'node-disk-full');
});

test('no code and no parameters of a stranger throw, or make half a sentence', () => {
  const names = [...Object.keys(catalogue), '__proto__', 'constructor', 'toString', 'hasOwnProperty', ''];
  const code = fc.oneof(fc.constantFrom(...names), fc.string());
  const params = fc.dictionary(
    fc.constantFrom('detail', 'seconds', 'script', 'nodes', 'then'),
    fc.anything(),
  );
  fc.assert(
    fc.property(code, params, (code, params) => {
      const { message, code: known } = foreignError(code, params);
      assert.ok(message.length < 20_000);
      assert.doesNotMatch(message, /undefined|\[object/);
      assert.ok(/^(script|engine|data|tls)-|^node-disk-full$/.test(known), known);
    }),
  );
  assert.equal(foreignError('nodes-lost', {}).code, 'engine-unusable');
  assert.ok(foreignError('engine-lost', { detail: 'x'.repeat(4e6) }).message.length < 10_000);
});
