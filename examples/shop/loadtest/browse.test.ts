// A plain test of the shop. `node --test` runs it once against a shop on port 8080; Marteau runs the same file as load.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout as think } from 'node:timers/promises';

const shop = process.env.MARTEAU_TARGET ?? 'http://127.0.0.1:8080';
const aMoment = () => think(20 + Math.random() * 60);

let cookie = '';

before(async () => {
  const response = await fetch(`${shop}/login`, post({ user: 'marcel' }));
  assert.equal(response.status, 200);
  cookie = response.headers.getSetCookie()[0]!.split(';')[0]!;
});

test('look around', async () => {
  const home = await fetch(`${shop}/`);
  assert.equal(home.status, 200);
  assert.match(await home.text(), /Hammer, forged/);
  await aMoment();

  const search = await fetch(`${shop}/search?q=anvil`);
  const { found } = (await search.json()) as { found: { id: number }[] };
  assert.equal(found.length, 5);
  await aMoment();

  const product = await fetch(`${shop}/products/${found[Math.floor(Math.random() * found.length)]!.id}`);
  assert.match(((await product.json()) as { name: string }).name, /^Anvil/);
  await aMoment();

  const recommendations = await fetch(`${shop}/recommendations`);
  assert.equal(recommendations.status, 200);
});

test('buy something', async () => {
  const added = await fetch(`${shop}/cart`, post({ product: 1 + Math.floor(Math.random() * 40) }));
  assert.equal(added.status, 201);
  await aMoment();

  const cart = await fetch(`${shop}/cart`, { headers: { cookie } });
  const { products, total } = (await cart.json()) as { products: { price: number }[]; total: number };
  assert.equal(
    total,
    products.reduce((sum, { price }) => sum + price, 0),
  );
  await aMoment();

  const checkout = await fetch(`${shop}/checkout`, post({}));
  assert.deepEqual(await checkout.json(), { paid: total });
});

function post(body: object): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie },
    body: JSON.stringify(body),
  };
}
