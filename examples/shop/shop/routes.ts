import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProduct, products } from './products.ts';
import { readBody, sendHtml, sendJson } from './replies.ts';
import { outOfService } from './seeded-failure.ts';
import { cartOf, newSession } from './sessions.ts';

interface Visit {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  match: RegExpExecArray;
}

interface Route {
  method: 'GET' | 'POST';
  path: RegExp;
  answer: (visit: Visit) => Promise<void>;
}

const fails = outOfService({ seed: 42, oneIn: 500 });

/** Every page of the shop. */
export const routes: Route[] = [
  {
    method: 'GET',
    path: /^\/health$/,
    answer: async ({ response }) => sendJson(response, { open: true }),
  },
  {
    method: 'GET',
    path: /^\/$/,
    answer: async ({ response }) =>
      sendHtml(
        response,
        products.map(({ id, name }) => `<li><a href="/products/${id}">${name}</a></li>`).join(''),
      ),
  },
  {
    method: 'GET',
    path: /^\/products\/(\d+)$/,
    answer: async ({ response, match }) => {
      const product = findProduct(Number(match[1]));
      if (product) sendJson(response, product);
      else sendJson(response, { error: 'no such product' }, 404);
    },
  },
  {
    // The slow one: it looks at every product, and pretends that they lie on a disk.
    method: 'GET',
    path: /^\/search$/,
    answer: async ({ response, url }) => {
      const wanted = (url.searchParams.get('q') ?? '').toLowerCase();
      await sleep(60);
      sendJson(response, { found: products.filter(({ name }) => name.toLowerCase().includes(wanted)) });
    },
  },
  {
    // The flaky one: 0.2 % of its calls fail, always the same ones.
    method: 'GET',
    path: /^\/recommendations$/,
    answer: async ({ response }) => {
      if (fails()) sendJson(response, { error: 'the recommender is out of service' }, 503);
      else sendJson(response, { products: products.slice(0, 3) });
    },
  },
  {
    method: 'POST',
    path: /^\/login$/,
    answer: async ({ request, response }) => {
      const { user } = await readBody(request);
      if (typeof user !== 'string' || user === '') return sendJson(response, { error: 'who are you?' }, 400);
      response.setHeader('set-cookie', `session=${newSession(user)}; HttpOnly; Path=/; SameSite=Lax`);
      sendJson(response, { user });
    },
  },
  {
    method: 'GET',
    path: /^\/cart$/,
    answer: async ({ request, response }) => {
      const cart = cartOf(request.headers.cookie);
      if (cart)
        sendJson(response, { products: cart, total: cart.reduce((sum, { price }) => sum + price, 0) });
      else sendJson(response, { error: 'log in first' }, 401);
    },
  },
  {
    method: 'POST',
    path: /^\/cart$/,
    answer: async ({ request, response }) => {
      const cart = cartOf(request.headers.cookie);
      if (!cart) return sendJson(response, { error: 'log in first' }, 401);
      const product = findProduct(Number((await readBody(request)).product));
      if (!product) return sendJson(response, { error: 'no such product' }, 404);
      cart.push(product);
      sendJson(response, { products: cart.length }, 201);
    },
  },
  {
    method: 'POST',
    path: /^\/checkout$/,
    answer: async ({ request, response }) => {
      const cart = cartOf(request.headers.cookie);
      if (!cart?.length) return sendJson(response, { error: 'there is nothing to pay for' }, 409);
      const paid = cart.splice(0).reduce((sum, { price }) => sum + price, 0);
      sendJson(response, { paid });
    },
  },
];
