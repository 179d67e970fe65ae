import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMarteauError } from '@marteau/shared';
import { readEnvFile } from './env-file.ts';

test('reads lines of NAME=value; later ones win', () => {
  const text = '# seeded\nTOKEN=a=b c\r\n\n_X1=\nTOKEN=second\n';
  assert.deepEqual(readEnvFile(text), { TOKEN: 'second', _X1: '' });
});

for (const line of ['no equals sign', 'a b=c', '1A=x', '=x', 'export A=b']) {
  test(`refuses "${line}"`, () =>
    assert.throws(
      () => readEnvFile(`OK=1\n${line}\n`),
      (error: Error) => isMarteauError(error, 'env-wrong') && error.message.includes(line),
    ));
}
