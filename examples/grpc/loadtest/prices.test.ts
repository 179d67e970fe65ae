import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, test } from 'node:test';
import grpc from '@grpc/grpc-js';
import { type Price, Prices, type PricesClient } from '../prices/service.ts';

const { host } = new URL(process.env.MARTEAU_TARGET ?? 'http://127.0.0.1:8080');
const client = new Prices(host, grpc.credentials.createInsecure()) as unknown as PricesClient;
after(() => client.close());

function priceOf(name: string): Promise<Price> {
  return new Promise((resolve, reject) => {
    client.get({ name }, { deadline: Date.now() + 5000 }, (error, price) =>
      error ? reject(error) : resolve(price!),
    );
  });
}

test('asks for prices', async () => {
  for (const name of ['tea', 'coffee', 'cake']) assert.ok((await priceOf(name)).cents > 0);
});

test('watches one', async () => {
  const seen: number[] = [];
  const watched = client.watch({ name: 'tea' });
  watched.on('data', ({ cents }: Price) => seen.push(cents));
  await once(watched, 'end');
  assert.deepEqual(seen, [320, 321, 322, 323, 324]);
});
