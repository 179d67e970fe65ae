import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asciiMailAddress, mailAddressPattern } from './mail-address.ts';

for (const [text, expected] of [
  ['ana@example.com', true],
  ['ana.perez+load@mail.example.co', true],
  ["o'neil@example.com", true],
  ['ana', false],
  ['ana@example', false],
  ['ana@example.com, ben@example.com', false],
  ['ana@example.com;ben@example.com', false],
  ['Ana <ana@example.com>', false],
  ['ana@example.com\r\nBcc: x@y.z', false],
  ['a@b@c.de', false],
  ['änne@example.com', false],
  ['ana@exämple.com', false],
  ['ana@-example.com', false],
  ['ana@example..com', false],
  ['ana\u0001@example.com', false],
  [`${'a'.repeat(65)}@example.com`, false],
  [`a@${'b'.repeat(260)}.com`, false],
] as const) {
  test(`${JSON.stringify(text.slice(0, 40))} is ${expected ? 'one' : 'no'} address`, () =>
    assert.equal(mailAddressPattern.test(text), expected));
}

for (const [text, expected] of [
  ['info@bücher.example', 'info@xn--bcher-kva.example'],
  ['info@例え。jp', 'info@xn--r8jz45g.jp'],
  ['Ana@Example.com', 'Ana@Example.com'],
  ['änne@example.com', 'änne@example.com'],
  ['a@bü.example, b@bü.example', 'a@bü.example, b@bü.example'],
  ['a@bü/x', 'a@bü/x'],
  ['ü', 'ü'],
] as const)
  test(`${text} is ${expected} to a mail server`, () => assert.equal(asciiMailAddress(text), expected));
