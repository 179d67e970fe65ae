import assert from 'node:assert/strict';
import { test } from 'node:test';

const target = process.env.MARTEAU_TARGET ?? 'http://127.0.0.1:8080';

test('a page with its pictures', async () => {
  const page = await fetch(target);
  assert.equal(page.status, 200);
  const places = [...(await page.text()).matchAll(/src="([^"]+)"/g)].map(([, place]) => place);
  assert.equal(places.length, 12);
  // All at once, as a browser does: over HTTP/2 one connection carries them side by side.
  await Promise.all(
    places.map(async (place) => {
      const tile = await fetch(`${target}${place}`);
      assert.equal(tile.status, 200);
      assert.match(await tile.text(), /<svg/);
    }),
  );
});
