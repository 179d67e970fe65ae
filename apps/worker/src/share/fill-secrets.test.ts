import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillSecrets } from './fill-secrets.ts';

const reference = (name: string): string => `\${secrets.${name}}`;

test('fills in secrets, also inside of other text, and nothing a secret says', () => {
  const env = { A: reference('ONE'), B: `x ${reference('ONE')}${reference('TWO')} y`, C: 'plain' };
  assert.deepEqual(fillSecrets(env, { ONE: `1$&${reference('TWO')}`, TWO: '2' }, 'p'), {
    A: `1$&${reference('TWO')}`,
    B: `x 1$&${reference('TWO')}2 y`,
    C: 'plain',
  });
});

test('names all that the server does not have', () => {
  const env = { A: reference('ONE'), B: reference('toString'), C: reference('TWO') };
  assert.throws(() => fillSecrets(env, { ONE: '1' }, 'https://p'), /toString\}, .*TWO\}.*for https:\/\/p/);
});
