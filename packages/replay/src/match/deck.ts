import type { Exchange } from '../tape/exchange.ts';
import type { Asked } from './asked.ts';
import { Content, contentMatches, headersMatch, type Matcher, matcherOf } from './matcher.ts';

export interface DeckOptions {
  /** Headers that must be as recorded. */
  headers?: readonly string[];
  /** Whether it matters which server was asked; a stand-in for one server does not care. */
  origins?: boolean;
  /** After the last of several recordings of one request: the last again, or the first. */
  repeats?: 'stay' | 'cycle';
}

/** Recordings of one request, in order. */
interface Slot {
  matcher: Matcher;
  exchanges: Exchange[];
  next: number;
}

/** Recordings of one path that ask for the same headers. */
interface Group {
  signature: string;
  headers: Matcher['headers'];
  /** Null until there is one: of 100,000 paths most have one kind of recording. */
  exact: Map<string, Slot> | null;
  /** The same with bodies that are open: compressed, or in parts. */
  open: Map<string, Slot> | null;
  /** With XXX in query or body. */
  wild: Map<string, Slot> | null;
}

/** More groups than these are looked up. */
const FEW_GROUPS = 8;

/**
 * Finds the recording of a request. Method and path are one look-up, and so are query and body where they hold no XXX:
 * what is searched one by one is only what XXX leaves open.
 *
 *     method, server and path ─▶ groups by the headers they ask for ─▶ query and body ─▶ slot ─▶ its next exchange
 */
export class Deck {
  readonly #shelves = new Map<string, Group[]>();
  /** Of shelves with many groups, by their signatures. */
  readonly #indexes = new Map<Group[], Map<string, Group>>();
  /** With XXX in the path, by method. */
  readonly #wildPaths = new Map<string, Map<string, Slot>>();
  readonly #options: Required<DeckOptions>;

  constructor(
    exchanges: Iterable<Exchange>,
    { headers = [], origins = true, repeats = 'stay' }: DeckOptions = {},
  ) {
    this.#options = { headers: headers.map((name) => name.toLowerCase()), origins, repeats };
    for (const exchange of exchanges) this.add(exchange);
  }

  add(exchange: Exchange): void {
    const matcher = matcherOf(exchange, this.#options.headers);
    const { method } = exchange.request;
    const origin = this.#options.origins ? (exchange.request.origin ?? '') : '';
    const place = matcher.path.isLiteral
      ? this.#shelfPlace(`${method} ${origin}${matcher.path.text}`, matcher)
      : {
          slots: inside(this.#wildPaths, method, () => new Map<string, Slot>()),
          key: `${origin} ${keyOf(matcher)}`,
        };
    const slot = inside(place.slots, place.key, () => ({ matcher, exchanges: [], next: 0 }));
    slot.exchanges.push(exchange);
  }

  /** The recording to answer with; null where there is none. Repeats go one further each time. */
  find(asked: Asked): Exchange | null {
    let best: Slot | null = null;
    for (const slot of this.#candidates(asked)) {
      if (best === null || slot.matcher.specificity > best.matcher.specificity) best = slot;
    }
    if (best === null) return null;
    const { exchanges, next } = best;
    const isLast = next === exchanges.length - 1;
    if (!isLast) best.next = next + 1;
    else if (this.#options.repeats === 'cycle') best.next = 0;
    return exchanges[next]!;
  }

  #shelfPlace(key: string, matcher: Matcher): { slots: Map<string, Slot>; key: string } {
    const group = this.#group(
      inside(this.#shelves, key, (): Group[] => []),
      matcher.headers,
    );
    if (matcher.exactKey !== null && matcher.isOpen) {
      group.open ??= new Map();
      return { slots: group.open, key: matcher.exactKey };
    }
    if (matcher.exactKey !== null) {
      group.exact ??= new Map();
      return { slots: group.exact, key: matcher.exactKey };
    }
    group.wild ??= new Map();
    return { slots: group.wild, key: keyOf(matcher) };
  }

  #group(shelf: Group[], headers: Matcher['headers']): Group {
    const signature = headers.map(({ name, pattern }) => `${name}: ${pattern.text}`).join('\n');
    let index = shelf.length > FEW_GROUPS ? this.#indexes.get(shelf) : undefined;
    const known = index ? index.get(signature) : shelf.find((each) => each.signature === signature);
    if (known) return known;
    const group: Group = { signature, headers, exact: null, open: null, wild: null };
    shelf.push(group);
    if (index === undefined && shelf.length > FEW_GROUPS) {
      index = new Map(shelf.map((each) => [each.signature, each]));
      this.#indexes.set(shelf, index);
    }
    index?.set(signature, group);
    return group;
  }

  *#candidates(asked: Asked): Generator<Slot> {
    const { method, path, headers } = asked;
    const origin = this.#options.origins ? asked.origin : null;
    const keys =
      origin === null ? [`${method} ${path}`] : [`${method} ${origin}${path}`, `${method} ${path}`];
    const content = new Content(asked);
    for (const key of keys) {
      for (const group of this.#shelves.get(key) ?? []) {
        if (!headersMatch(group.headers, headers)) continue;
        const slot = group.exact?.get(content.exactKey);
        if (slot) yield slot;
        const open = group.open?.get(content.open.exactKey);
        if (open) yield open;
        for (const wild of group.wild?.values() ?? []) if (contentMatches(wild.matcher, content)) yield wild;
      }
    }
    for (const slot of this.#wildPaths.get(method)?.values() ?? []) {
      const { matcher, exchanges } = slot;
      const server = exchanges[0]!.request.origin;
      const isHere = origin === null || server === null || server === origin;
      const fits = isHere && matcher.path.matches(path) && headersMatch(matcher.headers, headers);
      if (fits && contentMatches(matcher, content)) yield slot;
    }
  }
}

/** The same for recordings of the same request. */
function keyOf({ path, query, body, headers }: Matcher): string {
  const content = Buffer.isBuffer(body) ? body.toString('latin1') : body.text;
  return JSON.stringify([
    path.text,
    query.map(({ text }) => text).sort(),
    content,
    headers.map(({ name, pattern }) => [name, pattern.text]),
  ]);
}

function inside<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
