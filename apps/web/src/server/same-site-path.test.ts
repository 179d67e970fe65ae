import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { sameSitePath } from './same-site-path.ts';

describe('what stays here', () => {
  for (const path of ['/', '/runs?state=error', '/runs/r1#console', '/a//b'])
    test(path, () => assert.equal(sameSitePath(path), path));
});

describe('what may lead away', () => {
  for (const path of [
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    'runs',
    '',
    '/\t/evil.example',
    '/ /x',
    '/..//evil.example',
    '/.//evil.example',
    '/%2e//evil.example',
    '/a/../..//evil.example/x',
    '/%2E%2e/.//evil.example?x#y',
    '/%0d\n',
    null,
    7,
  ])
    test(JSON.stringify(path), () => assert.equal(sameSitePath(path), null));
});

/** What addresses are made of, so that parts which a browser takes away meet each other. */
const parts = fc.constantFrom(
  '/',
  '//',
  '.',
  '..',
  '%2e',
  '%2F',
  '\\',
  '@',
  ':',
  '?',
  '#',
  'evil.example',
  '\t',
  ';',
);
const ways = fc.oneof(
  fc.string(),
  fc.array(parts, { maxLength: 8 }).map((all) => all.join('')),
);

test('whatever is let through has no other host', () => {
  fc.assert(
    fc.property(ways, (text) => {
      const path = sameSitePath(`/${text}`);
      fc.pre(path !== null);
      assert.equal(new URL(path, 'http://here.invalid').host, 'here.invalid');
      assert.ok(!path.startsWith('//'));
      assert.equal(sameSitePath(path), path, 'and stays what it is when it is read again');
    }),
  );
});
