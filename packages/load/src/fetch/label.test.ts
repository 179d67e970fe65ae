import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { labeller } from '@marteau/measure';
import fc from 'fast-check';
import { Labels } from '../count/labels.ts';
import { startAnsweringServer } from '../fixtures/answering-server.ts';
import { openFetch } from '../fixtures/open-fetch.ts';

const folded: Record<string, string> = {
  '/': '/',
  '/users/17': '/users/:id',
  '/users/17/cart/3': '/users/:id/cart/:id',
  '/users/-1/0.5': '/users/:id/:id',
  '/orders/550e8400-e29b-41d4-a716-446655440000': '/orders/:id',
  '/files/d41d8cd98f00b204e9800998ecf8427e.png': '/files/d41d8cd98f00b204e9800998ecf8427e.png',
  '/blobs/d41d8cd98f00b204e9800998ecf8427e': '/blobs/:id',
  '/s/V1StGXR8_Z5jdHi6B-myT': '/s/:id',
  '/item-42/reviews': '/item-:id/reviews',
  '/v2/users': '/v2/users',
  '/deadbeef/cafe': '/deadbeef/cafe',
  '/about-us/our-long-history-of-things': '/about-us/our-long-history-of-things',
};

describe('labels of requests', () => {
  for (const [path, label] of Object.entries(folded)) {
    it(`${path} is ${label}`, () => assert.equal(labeller([])('GET', path), `GET ${label}`));
  }

  it('fold what only the author knows', () => {
    const label = labeller(['GET /product/:slug', '/static/*', '/shop/:name/buy']);
    assert.equal(label('GET', '/product/red-shoes'), 'GET /product/:slug');
    assert.equal(label('POST', '/product/red-shoes'), 'POST /product/red-shoes');
    assert.equal(label('GET', '/static/a/b/c.js'), 'GET /static/*');
    assert.equal(label('PUT', '/shop/x.y/buy'), 'PUT /shop/:name/buy');
    assert.equal(label('GET', '/shop/x/y/buy'), 'GET /shop/x/y/buy');
  });

  it('mean what they say, however many stars they have, and take no longer for it', () => {
    const parts = fc.array(fc.constantFrom('a', 'b', '/', '*', '/:x/', '.', 'ab'), { maxLength: 8 });
    fc.assert(
      fc.property(
        parts,
        fc.string({ unit: fc.constantFrom('a', 'b', '/', '.'), maxLength: 12 }),
        (chosen, text) => {
          const [pattern, path] = [`/${chosen.join('')}`, `/${text}`];
          const source = pattern
            .split('/')
            .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/\./g, '\\.').replace(/\*/g, '.*')))
            .join('/');
          const fits = new RegExp(`^${source}$`).test(path);
          const label = labeller([pattern])('GET', path);
          if (fits) assert.equal(label, `GET ${pattern}`);
          else if (pattern !== path) assert.notEqual(label, `GET ${pattern}`);
        },
      ),
    );
    const hostile = labeller([`/${'a*'.repeat(30)}b`, `/${'*:x/'.repeat(20)}b`]);
    assert.equal(hostile('GET', `/${'a'.repeat(4000)}`), 'GET /:id');
  });

  it('fold any path without failing, and what is folded stays', () => {
    fc.assert(
      fc.property(fc.webPath(), (path) => {
        const once = labeller([])('GET', path).slice(4);
        assert.equal(labeller([])('GET', once).slice(4), once);
      }),
    );
  });

  it('are at most 500, and the rest in one', () => {
    const labels = new Labels();
    const names = Array.from({ length: 1000 }, (_, n) => labels.of('request', `GET /${n}x`).name);
    assert.equal(new Set(names).size, 501);
    assert.equal(names.at(-1), '(others: more than 500 labels)');
    assert.equal(labels.of('test', 'another kind').name, 'another kind');
  });

  it('name the operation of GraphQL', async () => {
    await using server = await startAnsweringServer();
    using user = openFetch({ target: server.url });
    const ask = (body: unknown) => user.fetch('/graphql', { method: 'POST', body: JSON.stringify(body) });
    await ask({ operationName: 'Cart', query: 'query Other { a }' });
    await ask({ query: '\n  mutation Buy($id: ID!) { buy(id: $id) { id } }' });
    await ask({ query: '{ a }' });
    await ask('no object');
    await user.fetch('/graphql?operationName=Search&query=x');
    await user.fetch('/echo', { method: 'POST', body: '{"operationName": "None"}' });
    const labels = [
      'POST /graphql Cart',
      'POST /graphql Buy',
      'POST /graphql',
      'POST /graphql',
      'GET /graphql Search',
      'POST /echo',
    ];
    assert.deepEqual(
      user.exchanges.map(({ label }) => label.name),
      labels,
    );
  });
});
