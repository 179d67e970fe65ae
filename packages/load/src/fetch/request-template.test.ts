import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { labeller } from '@marteau/measure';
import { Labels } from '../count/labels.ts';
import { RequestTemplates } from './request-template.ts';
import { Routes } from './route.ts';

describe('templates of requests', () => {
  const templates = new RequestTemplates(new Map([['accept', 'accept: */*']]));
  const route = new Routes(new Labels(), labeller([])).of('http://shop.example/cart/7?a=1#top');
  const of = (headers?: RequestInit['headers'], method = 'GET') => templates.of(method, route, headers);

  it('have the request line, the host and what every request has', () => {
    const head = 'GET /cart/7?a=1 HTTP/1.1\r\nhost: shop.example\r\naccept: */*\r\n';
    assert.equal(of().head, head);
    assert.equal(of({ accept: 'text/html' }).head, head.replace('*/*', 'text/html'));
  });

  it('say to hosts that get a User-Agent of their own where they are asked from', () => {
    const agents = new Map([['shop.example', 'user-agent: Marteau/1 (+https://m.example/abuse/x)']]);
    const marked = new RequestTemplates(new Map([['user-agent', 'user-agent: Marteau/1']]), agents);
    const routes = new Routes(new Labels(), labeller([]));
    const agentAt = (url: string, headers?: RequestInit['headers']) =>
      /^user-agent: (.*)\r$/m.exec(marked.of('GET', routes.of(url), headers).head)?.[1];
    assert.equal(agentAt('http://shop.example:8080/'), 'Marteau/1 (+https://m.example/abuse/x)');
    assert.equal(agentAt('https://other.example/'), 'Marteau/1');
    assert.equal(agentAt('http://shop.example/', { 'user-agent': 'mine' }), 'mine');
  });

  it('are made once for the same headers', () => {
    assert.equal(of(), of({}));
    assert.equal(of({ a: '1', b: '2' }), of({ a: '1', b: '2' }));
    for (const other of [{ a: '1', b: '3' }, { a: '1' }, { b: '2', a: '1' }, { a: '1', b: '2', c: '3' }]) {
      assert.notEqual(of({ a: '1', b: '2' }), of(other));
    }
    assert.notEqual(of({}, 'POST'), of());
  });

  it('are made anew for headers that are not text, and for those of other kinds', () => {
    let n = 0;
    const changing = {
      toString() {
        n += 1;
        return String(n);
      },
    };
    const headers = { 'x-n': changing } as unknown as Record<string, string>;
    assert.match(of(headers).head, /x-n: 1\r\n/);
    assert.match(of(headers).head, /x-n: 2\r\n/);
    assert.match(of(new Headers({ 'x-a': 'b' })).head, /x-a: b\r\n/);
    assert.match(
      of([
        ['x-a', 'b'],
        ['x-a', 'c'],
      ]).head,
      /x-a: b, c\r\n/,
    );
  });

  it('are not kept without end', () => {
    const first = of({ n: 'first' });
    for (let n = 0; n < 100; n += 1) of({ n: String(n) });
    assert.notEqual(of({ n: 'first' }), first);
    assert.equal(of({ n: 'first' }).head, first.head);
  });
});
