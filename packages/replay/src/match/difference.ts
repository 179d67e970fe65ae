import type { Exchange, Tape } from '../tape/exchange.ts';
import { header } from '../tape/headers.ts';
import type { Asked } from './asked.ts';
import { comparable } from './comparable.ts';
import { type Matcher, matcherOf } from './matcher.ts';
import { Pattern } from './pattern.ts';
import { partsOf, queryMatches } from './query.ts';
import { rivalsOf } from './rivals.ts';

/** The recording that comes nearest to a request for which there is none, and where the two differ, as a sentence. */
export function describeNearest(asked: Asked, tape: Tape, listed: readonly string[]): string {
  if (tape.exchanges.length === 0) return 'The tape is empty.';
  const rivals = rivalsOf(asked, tape);
  if (rivals.length === 0) return `The tape has no ${asked.method} at all.`;
  const ranked = rivals.map((exchange) => ({ exchange, differences: differences(asked, exchange, listed) }));
  ranked.sort((a, b) => a.differences.length - b.differences.length);
  const { exchange, differences: found } = ranked[0]!;
  const { method, target } = exchange.request;
  const which = `The nearest recording is ${method} ${cut(target)} (${tape.placeOf(exchange)})`;
  return found.length === 0 ? `${which}.` : `${which}: ${found.join('; ')}.`;
}

function differences(asked: Asked, exchange: Exchange, listed: readonly string[]): string[] {
  const { request } = exchange;
  const matcher = matcherOf(exchange, listed);
  return [
    ...(request.method === asked.method ? [] : [`its method is ${request.method} and not ${asked.method}`]),
    ...(asked.origin === null || request.origin === null || asked.origin === request.origin
      ? []
      : [`its server is ${request.origin} and not ${asked.origin}`]),
    ...(matcher.path.matches(asked.path)
      ? []
      : [`its path is ${cut(matcher.path.text)} and not ${cut(asked.path)}`]),
    ...queryDifference(matcher, asked),
    ...headerDifferences(matcher, asked),
    ...bodyDifference(matcher, asked),
  ];
}

function queryDifference({ query }: Matcher, asked: Asked): string[] {
  const parts = partsOf(asked.query);
  if (queryMatches(query, parts)) return [];
  const missing = query
    .filter((pattern) => !parts.some((part) => pattern.matches(part)))
    .map(({ text }) => text);
  const more = parts.filter((part) => !query.some((pattern) => pattern.matches(part)));
  const says = [
    ...(missing.length > 0 ? [`its query has ${cut(missing.join('&'))}`] : []),
    ...(more.length > 0 ? [`the request's query has ${cut(more.join('&'))}`] : []),
  ];
  return [
    says.length > 0 ? says.join(', ') : 'a part of the query is there more often in one than in the other',
  ];
}

function headerDifferences({ headers }: Matcher, asked: Asked): string[] {
  return headers.flatMap(({ name, pattern }) => {
    const value = header(asked.headers, name);
    if (value === null ? pattern.text === '' : pattern.matches(value)) return [];
    if (value === null) return [`the request has no header ${name}`];
    return [pattern.text === '' ? `it has no header ${name}` : `its header ${name} is ${cut(pattern.text)}`];
  });
}

function bodyDifference({ body, isOpen }: Matcher, asked: Asked): string[] {
  const given = isOpen ? comparable(asked.headers, asked.body) : asked.body;
  if (body instanceof Pattern ? body.matches(given.toString('latin1')) : body.equals(given)) return [];
  const wanted = body instanceof Pattern ? Buffer.from(body.text, 'latin1') : body;
  let at = 0;
  while (at < wanted.length && wanted[at] === given[at]) at++;
  const around = (bytes: Buffer) => cut(bytes.toString('utf8', Math.max(0, at - 10), at + 30));
  return [`from byte ${at + 1} its body has '${around(wanted)}' and the request's '${around(given)}'`];
}

function cut(text: string): string {
  const shown = text.replace(/[\0-\x1f\x7f]+/g, ' ');
  return shown.length > 120 ? `${shown.slice(0, 120)}…` : shown;
}
