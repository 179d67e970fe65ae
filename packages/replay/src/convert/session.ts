import type { Exchange, Tape } from '../tape/exchange.ts';
import { header } from '../tape/headers.ts';

/** A recorded session without what is not the target's: the part of it that becomes a test. */
export interface Session {
  /** The server under test. */
  target: string;
  steps: Step[];
  /** Hosts that were left out, with the number of their requests. */
  leftOut: Map<string, number>;
  /** Requests that no test can make: `OPTIONS *`. */
  unaskable: Set<string>;
}

/** A page with what it asked for, or a burst of calls. */
export interface Step {
  name: string;
  /** Until the step begins, after the one before has ended, in ms. */
  thinkMs: number;
  exchanges: Exchange[];
}

/** A pause that is longer begins a new step where there are no pages. */
const PAUSE_MS = 1000;
const LONGEST_THINK_MS = 60_000;

/** @param wanted the target, where it is not the server of the first page */
export function sessionOf({ exchanges }: Tape, wanted: string | null): Session {
  const target = wanted ?? mainServer(exchanges);
  const leftOut = new Map<string, number>();
  const unaskable = new Set<string>();
  const own = exchanges.filter((exchange) => {
    if (isBrowsersOwn(exchange)) return false;
    const server = serverOf(exchange);
    if (server === null || server === target) {
      if (isAskable(exchange)) return true;
      unaskable.add(`${exchange.request.method} ${exchange.request.target} (${exchange.answer.status})`);
      return false;
    }
    leftOut.set(new URL(server).host, (leftOut.get(new URL(server).host) ?? 0) + 1);
    return false;
  });
  // A tape is in the order of the answers; a session is in that of the requests.
  return { target, steps: stepsOf(inTime(own)), leftOut, unaskable };
}

/** Each when it was asked; of which that is not known, with the one before. */
function inTime(exchanges: readonly Exchange[]): Exchange[] {
  let latest = 0;
  const timed = exchanges.map((exchange) => {
    latest = exchange.startedAt ?? latest;
    return { exchange, at: latest };
  });
  return timed.sort((a, b) => a.at - b.at).map(({ exchange }) => exchange);
}

/** What browsers ask for without being told to by a page. */
function isBrowsersOwn({ request, answer }: Exchange): boolean {
  if (request.target === '/favicon.ico') return true;
  const isPreflight = header(request.headers, 'access-control-request-method') !== null;
  return request.method === 'OPTIONS' && isPreflight && answer.status < 300;
}

/** Whether fetch takes it, and its answer is one. */
function isAskable({ request, answer }: Exchange): boolean {
  return (
    request.target.startsWith('/') && !/^(CONNECT|TRACE|TRACK)$/i.test(request.method) && answer.status >= 200
  );
}

function serverOf({ request }: Exchange): string | null {
  if (request.origin !== null) return request.origin;
  const host = header(request.headers, 'host');
  return host === null ? null : `http://${host}`;
}

/** Of the first page; else of the most requests. */
function mainServer(exchanges: readonly Exchange[]): string {
  const first = exchanges.find(isPage);
  if (first) return serverOf(first) ?? 'http://127.0.0.1:8080';
  const counts = new Map<string, number>();
  for (const exchange of exchanges) {
    const server = serverOf(exchange);
    if (server !== null) counts.set(server, (counts.get(server) ?? 0) + 1);
  }
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  return most?.[0] ?? 'http://127.0.0.1:8080';
}

/** Whether a person went to a page: browsers say so; without one, HTML that no script asked for. */
function isPage({ request, answer }: Exchange): boolean {
  const destination = header(request.headers, 'sec-fetch-dest');
  if (destination !== null) return destination === 'document';
  const isHtml = /text\/html/i.test(header(answer.headers, 'content-type') ?? '');
  return isHtml && header(request.headers, 'x-requested-with') === null;
}

/** Whether a page asked for it by itself: pictures, styles, scripts. */
export function isResource({ request, answer }: Exchange): boolean {
  if (request.method !== 'GET') return false;
  const destination = header(request.headers, 'sec-fetch-dest');
  if (destination !== null) return /^(image|style|script|font|manifest|video|audio)$/.test(destination);
  return /^(image|font)\/|css|javascript/i.test(header(answer.headers, 'content-type') ?? '');
}

function stepsOf(exchanges: readonly Exchange[]): Step[] {
  const steps: Step[] = [];
  const names = new Set<string>();
  let endedAt: number | null = null;
  let wasRedirect = false;
  for (const exchange of exchanges) {
    const { startedAt, latencyMs, answer } = exchange;
    const pause = startedAt === null || endedAt === null ? 0 : Math.max(0, startedAt - endedAt);
    const begins = (isPage(exchange) && !wasRedirect) || pause >= PAUSE_MS || steps.length === 0;
    if (begins) {
      const name = unique(titleOf(exchange), names);
      steps.push({ name, thinkMs: Math.min(Math.round(pause), LONGEST_THINK_MS), exchanges: [] });
    }
    steps.at(-1)!.exchanges.push(exchange);
    if (startedAt !== null) endedAt = Math.max(endedAt ?? 0, startedAt + (latencyMs ?? 0));
    wasRedirect = answer.status >= 300 && answer.status < 400 && answer.status !== 304;
  }
  return steps;
}

function titleOf({ request, answer }: Exchange): string {
  const [, title = ''] = /<title[^>]*>([^<]*)</i.exec(answer.body.toString('utf8', 0, 100_000)) ?? [];
  const clean = title.replace(/\s+/g, ' ').trim().slice(0, 60);
  return clean || `${request.method} ${request.target.split('?')[0]}`.slice(0, 60);
}

function unique(name: string, names: Set<string>): string {
  let free = name;
  for (let n = 2; names.has(free); n++) free = `${name} (${n})`;
  names.add(free);
  return free;
}
