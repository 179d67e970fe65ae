import type { TestOptions } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MetricKind, MetricUnit } from '@marteau/measure';
import { hostFor, hostNow } from './host.ts';
import { drawThinking, type Thinking } from './thinking.ts';

export type { Thinking };

/** What a script gets from `marteau`: what a load test may want, and a plain test has no word for. */

/**
 * How often a test is run beside the others: of the users (in an open model: of the arrivals) each test gets the part
 * that its weight is of all weights. Tests without one have 1.
 *
 *     test('browse', weight(9), async () => { … });
 *     test('buy', weight(1, { timeout: 5000 }), async () => { … });
 */
export function weight(value: number, options: TestOptions = {}): TestOptions & { weight: number } {
  if (!(value >= 0 && value <= 1_000_000))
    throw new TypeError(`weight(${value}): a weight is a number from 0 to 1,000,000`);
  return { ...options, weight: value };
}

/**
 * Waits as a person does before the next click: `from` ms, evenly between `from` and `to`, or as a distribution says.
 * It is no part of the test's time. Tried by hand, and in an open model, where the plan alone says when iterations
 * begin, it is left out.
 *
 *     await think(500, 1500);
 *     await think({ mean: 2000 });               // exponential: most are quick, a few take long
 *     await think({ median: 1500, p95: 8000 });  // log-normal: as people read
 */
export async function think(from: number | Thinking, to?: number): Promise<void> {
  const ms = typeof from === 'number' ? between(from, to ?? from) : drawThinking(from);
  const host = hostNow();
  await (host ? host.think(ms) : sleep(ms));
}

function between(from: number, to: number): number {
  if (!(from >= 0 && to >= from))
    throw new TypeError(`think(${from}, ${to}): thinking takes milliseconds, the shorter time first`);
  return from + Math.random() * (to - from);
}

/**
 * Counts the requests that `work` makes under a name, in place of method and path. With a `kind`, the work itself is a
 * request of that kind, and is timed: for clients of databases, queues and whatever speaks no HTTP.
 *
 *     await label('search', () => fetch(url));
 *     await label('orders', () => pool.query('select …'), { kind: 'sql' });
 *
 * Bounded as `p95 of sql "orders" < 20ms` and `errors of sql "orders" < 1%`; what throws is an error.
 * @returns what `work` returns
 */
export function label<T>(name: string, work: () => T, { kind }: { readonly kind?: string } = {}): T {
  if (typeof name !== 'string' || name === '' || typeof work !== 'function')
    throw new TypeError("label takes a name and a function: label('search', () => fetch(url))");
  if (kind !== undefined && (!KIND.test(kind) || OWN_KINDS.has(kind)))
    throw new TypeError(
      `label '${name}': a kind is a word of small letters of your own, like sql, and not '${kind}'`,
    );
  const host = hostNow();
  return host ? host.labelled(name, work, kind) : work();
}

const KIND = /^[a-z][a-z0-9-]{0,39}$/;
/** What the engine measures itself, or calls otherwise. */
const OWN_KINDS = new Set(['ws', 'sse', 'stream', 'generator', 'metric', 'request', 'test', 'step']);

/**
 * The row of a data set (`data:` in .marteau.yml) that belongs to this iteration, or to this user where the file says
 * `per: user`. However often it is asked for, it is the same.
 */
export function data<Row = Record<string, string>>(name: string): Row {
  return hostFor('data()').row(name) as Row;
}

/** The number of the user that is running, from 0, over all nodes. */
export function user(): number {
  return hostFor('user()').user;
}

/** How many iterations the user has done before this one. */
export function iteration(): number {
  return hostFor('iteration()').iteration;
}

/**
 * Counts whether something holds, without failing the test.
 * @returns whether it does
 */
export function check(name: string, holds: unknown): boolean {
  const host = hostFor('check()');
  host.add('check', name, 'number', holds ? 1 : 0);
  if (!holds) host.failed(name, stackBelow(check));
  return Boolean(holds);
}

/** A WebSocket, whichever: the global one, or one of the package `ws`. */
export interface SocketLike {
  addEventListener(...of: never[]): unknown;
  removeEventListener(...of: never[]): unknown;
}

/** The same, as it is used here. */
interface Listened {
  addEventListener(type: string, listener: (event: { data: unknown; code: number }) => unknown): unknown;
  removeEventListener(type: string, listener: (event: { data: unknown; code: number }) => unknown): unknown;
}

/** What tells an answer from other messages: its text, a pattern of it, or what is true of its data. */
export type Matcher = string | RegExp | ((data: never) => unknown);

/**
 * Waits for the message that answers what was sent last, and counts the round trip, under the socket's label:
 *
 *     socket.send(JSON.stringify({ id: 7, text: 'hello' }));
 *     await reply(socket, (data) => JSON.parse(data).id === 7);
 *
 * Bounded as `p95 of ws "GET /chat" < 50ms`. To be called before anything else is awaited: what comes earlier is not
 * seen.
 * @returns the data of the answer
 * @throws Error where the socket is closed first, or nothing answers within `timeout` ms; that counts as an error
 */
export function reply<Data = string>(
  socket: SocketLike,
  matcher: Matcher,
  { timeout = LONGEST_REPLY_MS }: { readonly timeout?: number } = {},
): Promise<Data> {
  const trip = hostFor('reply()').roundTrip(socket);
  const answers = matches(matcher);
  const listened = socket as unknown as Listened;
  return new Promise((resolve, reject) => {
    const end = (isAnswered: boolean): void => {
      clearTimeout(timer);
      listened.removeEventListener('message', hear);
      listened.removeEventListener('close', closed);
      trip.end(isAnswered);
    };
    const fail = (error: unknown): void => {
      end(false);
      reject(error);
    };
    const hear = ({ data }: { readonly data: unknown }): void => {
      try {
        if (!answers(data)) return;
      } catch (error) {
        fail(error);
        return;
      }
      end(true);
      resolve(data as Data);
    };
    const closed = ({ code }: { readonly code: number }): void =>
      fail(new Error(`the socket was closed (${code}) before the answer came`));
    const timer = setTimeout(() => fail(new Error(`no answer came within ${timeout / 1000} s`)), timeout);
    listened.addEventListener('message', hear);
    listened.addEventListener('close', closed);
  });
}

/**
 * Sends a ping on a WebSocket, which the other side answers without its application, and counts how long the pong takes,
 * under the socket's label. Bounded as `p95 of ws "GET /chat" ping < 20ms`.
 * @returns ms
 * @throws Error where the socket is not open, is closed first, or nothing answers within `timeout` ms
 */
export async function ping(
  socket: SocketLike,
  { timeout = LONGEST_REPLY_MS }: { readonly timeout?: number } = {},
): Promise<number> {
  const pong = hostFor('ping()').ping(socket);
  if (pong === null) throw new TypeError('ping takes a WebSocket, the global one or one of the package ws');
  const end = new AbortController();
  const late = sleep(timeout, 'late' as const, { signal: end.signal }).catch(() => 'late' as const);
  const answer = await Promise.race([pong, late]);
  end.abort();
  if (answer === 'late') throw new Error(`no pong came within ${timeout / 1000} s`);
  if (answer === null) throw new Error('the socket was closed before the pong came');
  return answer;
}

const LONGEST_REPLY_MS = 60_000;

function matches(matcher: Matcher): (data: unknown) => unknown {
  if (typeof matcher === 'string') return (data) => data === matcher;
  if (matcher instanceof RegExp) return (data) => typeof data === 'string' && data.search(matcher) >= 0;
  if (typeof matcher === 'function') return matcher as (data: unknown) => unknown;
  throw new TypeError('reply takes a socket and what tells its answer: a text, a pattern or a function');
}

export interface Counter {
  /** @param amount from 0 */
  add(amount?: number): void;
}

/** Adds up: `counter('items sold').add(3)`. Bounded as `metric "items sold" > 100`, or per second. */
export function counter(name: string): Counter {
  return { add: (amount = 1) => add('counter', name, 'number', amount) };
}

export interface Rate {
  add(holds: unknown): void;
}

/** How often something is so: `rate('from cache').add(hit)`. Bounded as `metric "from cache" > 90%`. */
export function rate(name: string): Rate {
  return { add: (holds) => add('rate', name, 'number', holds ? 1 : 0) };
}

export interface Trend {
  /** @param value from 0, in the unit of the trend */
  add(value: number): void;
}

const trendUnits = {
  ms: ['us', 1000],
  s: ['us', 1_000_000],
  us: ['us', 1],
  bytes: ['bytes', 1],
} as const;

/**
 * Values and how they spread: `trend('time to first row', 'ms').add(12.5)`. Bounded as
 * `p95 of metric "time to first row" < 200ms`. Without a unit they are plain numbers up to some millions.
 */
export function trend(name: string, unit?: keyof typeof trendUnits): Trend {
  if (unit !== undefined && !Object.hasOwn(trendUnits, unit))
    throw new TypeError(
      `the unit of the trend '${name}' is '${unit}': units are ${Object.keys(trendUnits).join(', ')}`,
    );
  const [stored, factor] = unit === undefined ? (['number', 1] as const) : trendUnits[unit];
  return { add: (value) => add('trend', name, stored, value * factor) };
}

function add(kind: MetricKind, name: string, unit: MetricUnit, value: number): void {
  if (!(value >= 0 && value < Number.MAX_SAFE_INTEGER))
    throw new TypeError(`${kind} '${name}': ${value} is not a number from 0 on`);
  hostFor(`${kind}()`).add(kind, name, unit, value);
}

function stackBelow(caller: (...args: never[]) => unknown): string {
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, caller);
  return holder.stack ?? '';
}
