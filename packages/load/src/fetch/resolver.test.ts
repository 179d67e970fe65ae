import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { describe, it } from 'node:test';
import { type Look, Resolver } from './resolver.ts';

/** A resolver of its own clock whose host has these addresses. */
function resolverOf(addresses: string[]) {
  let asked = 0;
  const clock = { now: 0 };
  const look: Look = (_host, _options, done) => {
    asked += 1;
    const all = addresses.map(
      (address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 }),
    );
    queueMicrotask(() => done(null, all));
  };
  const resolver = new Resolver(() => clock.now, look);
  const ask = () =>
    new Promise<readonly string[]>((resolve, reject) =>
      resolver.addresses('shop.example', (error, found) => (error ? reject(error) : resolve(found))),
    );
  return { resolver, clock, ask, asked: () => asked };
}

describe('addresses of hosts', () => {
  it('are asked for once in a while, however many wait', async () => {
    const { clock, ask, asked } = resolverOf(['10.0.0.1']);
    await Promise.all([ask(), ask(), ask()]);
    await ask();
    assert.equal(asked(), 1);
    clock.now = 30_001;
    await ask();
    assert.equal(asked(), 2);
  });

  it('get connections in turn, and stand in for each other', async () => {
    const { ask } = resolverOf(['10.0.0.1', '10.0.0.2', '10.0.0.3']);
    const order = [await ask(), await ask(), await ask(), await ask()];
    assert.deepEqual(
      order.map(([first]) => first),
      ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.1'],
    );
    assert.deepEqual(order[1], ['10.0.0.2', '10.0.0.3', '10.0.0.1']);
  });

  it('of the family that works are kept to', async () => {
    const { resolver, ask } = resolverOf(['10.0.0.1', '10.0.0.2', '::1']);
    await ask();
    resolver.worked('shop.example', '10.0.0.2');
    assert.deepEqual([...(await ask())].sort(), ['10.0.0.1', '10.0.0.2']);
  });
});
