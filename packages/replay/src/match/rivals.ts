import { nearest } from '@marteau/shared';
import type { Exchange, Tape } from '../tape/exchange.ts';
import type { Asked } from './asked.ts';

/** So many recordings, and so many bytes of them, are looked at: the sentence is for a person, and the next request waits. */
const looked = { exchanges: 100, bytes: 1_000_000 };

/** The recordings of a tape by path, and the first of each method: what is asked of a huge tape costs as little as of a small one. */
interface Shelves {
  byPath: Map<string, Exchange[]>;
  byMethod: Map<string, Exchange[]>;
}

const shelves = new WeakMap<Tape, Shelves>();

/** Recordings that a request may have been meant for: of the same path; else of the same method with the path that is most alike. */
export function rivalsOf(asked: Asked, tape: Tape): Exchange[] {
  const { byPath, byMethod } = shelvesOf(tape);
  const samePath = byPath.get(asked.path) ?? [];
  const sameMethod = samePath.filter(({ request }) => request.method === asked.method);
  if (samePath.length > 0) return few(sameMethod.length > 0 ? sameMethod : samePath);
  const same = byMethod.get(asked.method) ?? [];
  const paths = new Set(same.map(({ request }) => pathOf(request.target)));
  const alike = nearest(asked.path, paths) ?? longestBeginning(asked.path, paths);
  return alike === null ? [] : few(same.filter(({ request }) => pathOf(request.target) === alike));
}

function shelvesOf(tape: Tape): Shelves {
  let found = shelves.get(tape);
  if (found === undefined) {
    found = shelve(tape);
    shelves.set(tape, found);
  }
  return found;
}

function shelve({ exchanges }: Tape): Shelves {
  const byPath = new Map<string, Exchange[]>();
  const byMethod = new Map<string, Exchange[]>();
  for (const exchange of exchanges) {
    const { method, target } = exchange.request;
    const path = pathOf(target);
    const samePath = byPath.get(path);
    if (samePath === undefined) byPath.set(path, [exchange]);
    else if (samePath.length < looked.exchanges * 10) samePath.push(exchange);
    const sameMethod = byMethod.get(method);
    if (sameMethod === undefined) byMethod.set(method, [exchange]);
    else if (sameMethod.length < looked.exchanges * 5) sameMethod.push(exchange);
  }
  return { byPath, byMethod };
}

function few(exchanges: readonly Exchange[]): Exchange[] {
  const list: Exchange[] = [];
  let bytes = 0;
  for (const exchange of exchanges) {
    bytes += exchange.request.body.length;
    if (list.length > 0 && (list.length === looked.exchanges || bytes > looked.bytes)) break;
    list.push(exchange);
  }
  return list;
}

const pathOf = (target: string) => target.split('?', 1)[0]!;

function longestBeginning(path: string, paths: Iterable<string>): string | null {
  let best: string | null = null;
  let length = -1;
  for (const each of paths) {
    let shared = 0;
    while (shared < path.length && path[shared] === each[shared]) shared++;
    if (shared > length) [best, length] = [each, shared];
  }
  return best;
}
