import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { openTestbed } from '../fixtures/testbed.ts';

test('the packed command is there for npm, behind a token too, and is packed once', async () => {
  await using bed = await openTestbed({ MARTEAU_ACCESS_TOKEN: 'correct-horse-battery' });
  const [first, second] = await Promise.all([bed.get('/cli/marteau.tgz'), bed.get('/cli/marteau.tgz')]);
  assert.equal(first.status, 200, await first.clone().text());
  assert.equal(first.headers.get('content-type'), 'application/gzip');
  const bytes = Buffer.from(await first.arrayBuffer());
  assert.equal(Number(first.headers.get('content-length')), bytes.length);
  assert.ok(bytes.equals(Buffer.from(await second.arrayBuffer())));
  const files = gunzipSync(bytes).toString('latin1');
  assert.match(files, /package\/package\.json/);
  assert.match(files, /"name": "marteau"/);
  const etag = first.headers.get('etag') ?? '';
  const again = await bed.get('/cli/marteau.tgz', { headers: { 'if-none-match': etag } });
  assert.equal(again.status, 304);
});
