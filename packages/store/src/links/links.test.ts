import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTempFolder } from '@marteau/testkit';
import { openTestbed } from '../fixtures/testbed.ts';

const id = 'r1m7y5zas7ebjfdxnyv';
const other = 'r1m7y5zas7ebjfdxnyw';
const now = Date.parse('2026-11-21T00:00:00Z');
const day = 86_400_000;

test('a key opens one report, for 30 days, on every machine', async () => {
  await using bed = await openTestbed();
  await using elsewhere = await createTempFolder();
  const a = await bed.open();
  const b = await bed.open({ dataFolder: elsewhere.path });
  const key = await a.links.sign(id, now);
  assert.match(key, /^[\w.-]{20,60}$/);
  assert.equal(await b.links.verify(id, key, now + 29 * day), true);
  assert.equal(await b.links.verify(id, key, now + 31 * day), false);
  assert.equal(await b.links.verify(other, key, now), false);
  const [expires, mac] = key.split('.') as [string, string];
  const later = (Number.parseInt(expires, 36) + day).toString(36);
  for (const bad of [
    '',
    '.',
    key.slice(1),
    `${key}x`,
    `${later}.${mac}`,
    `${expires}.${'A'.repeat(24)}`,
    `${expires}.`,
    'ü'.repeat(9),
  ])
    assert.equal(await a.links.verify(id, bad, now), false, bad);
});

test('a key of a badge is for one project, and for nothing else', async () => {
  await using bed = await openTestbed();
  const { links } = await bed.open();
  const key = await links.signBadge('https://example.com/shop');
  assert.match(key, /^[\w-]{24}$/);
  assert.equal(await links.verifyBadge('https://example.com/shop', key), true);
  assert.equal(await links.verifyBadge('https://example.com/other', key), false);
  assert.equal(await links.verify(id, key, now), false);
  for (const bad of ['', 'x', `${key}x`, 'ü'.repeat(12)])
    assert.equal(await links.verifyBadge('https://example.com/shop', bad), false, bad);
});

test('the secret is kept over an emptied Redis, readable by its owner alone', async () => {
  await using bed = await openTestbed();
  const key = await (await bed.open()).links.sign(id, now);
  await bed.raw.flushall();
  assert.equal(await (await bed.open()).links.verify(id, key, now), true);
  const file = join(bed.dataFolder, 'link.key');
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal((await readFile(file, 'utf8')).trim(), await bed.raw.get('marteau:1:linkkey'));
});

test('stores that begin together agree on one secret', async () => {
  await using bed = await openTestbed();
  const stores = await Promise.all(Array.from({ length: 5 }, () => bed.open()));
  const keys = await Promise.all(stores.map((store) => store.links.sign(id, now)));
  assert.equal(new Set(keys).size, 1);
});

test('what stops a run is one secret for it and its host, and is read on every machine', async () => {
  await using bed = await openTestbed();
  await using elsewhere = await createTempFolder();
  const [a, b] = [await bed.open(), await bed.open({ dataFolder: elsewhere.path })];
  const sealed = await a.links.sealStop(id, 'shop.example.com');
  assert.equal(await b.links.sealStop(id, 'shop.example.com'), sealed);
  assert.deepEqual(await b.links.openStop(sealed), { runId: id, host: 'shop.example.com' });
  assert.deepEqual((await b.links.openStop(await a.links.sealStop(id, '2001:db8::1')))?.host, '2001:db8::1');
  assert.doesNotMatch(Buffer.from(sealed, 'base64url').toString('latin1'), /shop|r1m7/);
  for (const bad of [
    '',
    sealed.slice(1),
    `${sealed}AA`,
    `B${sealed.slice(1)}`,
    'A'.repeat(99),
    'ü'.repeat(99),
  ])
    assert.equal(await a.links.openStop(bad), null, bad);
});
