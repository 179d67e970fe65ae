import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAllowed, readAddress, readSender } from './addresses.ts';

for (const good of ['ana@example.com', ' ana+marteau@mail.example.com ', "o'neil@localhost"]) {
  test(`takes ${good}`, () => assert.deepEqual(readAddress(good), { name: '', address: good.trim() }));
}

for (const bad of [
  '',
  'ana',
  'ana@',
  '@example.com',
  'a@b@c',
  'ana@example.com, eve@example.org',
  'ana@example.com;eve@example.org',
  'Ana <ana@example.com>',
  'ana@example.com\r\nBcc: eve@example.org',
  'ana@example.com eve@example.org',
  'ana@-example.com',
  `${'a'.repeat(65)}@example.com`,
]) {
  test(`refuses ${JSON.stringify(bad)}`, () => assert.equal(readAddress(bad), null));
}

test('keeps to the allowed domains and their subdomains', () => {
  const allowed = (address: string) => isAllowed({ name: '', address }, ['example.com', '@Example.org']);
  assert.ok(allowed('a@example.com'));
  assert.ok(allowed('a@mail.example.com'));
  assert.ok(allowed('a@EXAMPLE.ORG'));
  assert.ok(!allowed('a@notexample.com'));
  assert.ok(!allowed('a@example.com.evil.net'));
});

test('a sender may have a name, and is Marteau without one', () => {
  const address = 'load@example.com';
  assert.deepEqual(readSender(address), { name: 'Marteau', address });
  assert.deepEqual(readSender(`Load tests <${address}>`), { name: 'Load tests', address });
  assert.deepEqual(readSender(`"Load tests" <${address}>`), { name: 'Load tests', address });
  for (const bad of [`a, b <${address}>`, `<${address}>, <b@example.com>`, 'Ana <ana>', `A\nB <${address}>`])
    assert.equal(readSender(bad), null, bad);
});
