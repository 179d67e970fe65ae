import { randomUUID } from 'node:crypto';
import type { products } from './products.ts';

type Cart = (typeof products)[number][];

const kept = 10_000;
const carts = new Map<string, Cart>();

/** Logs somebody in with an empty cart; the oldest sessions end when there are too many. */
export function newSession(user: string): string {
  const id = `${encodeURIComponent(user)}.${randomUUID()}`;
  carts.set(id, []);
  const [oldest] = carts.keys();
  if (carts.size > kept) carts.delete(oldest!);
  return id;
}

/** The cart of the session in a Cookie header. */
export function cartOf(cookie = ''): Cart | undefined {
  const id = /(?:^|; )session=([^;]+)/.exec(cookie)?.[1];
  return id === undefined ? undefined : carts.get(id);
}
