import { createServer, type Socket } from 'node:net';
import { Alarm } from './alarm.ts';
import { answerBefore, answersOf, type Behaviour } from './behaviour.ts';
import { now } from './now.ts';

/**
 * A target of known behaviour, in a process of its own. Told a behaviour and when the load begins, it serves by that;
 * before, it answers at once. Says when each request reached it, if asked.
 */

/** `begin`: null for the arrival of the first request. */
type Told = { readonly behaviour: Behaviour; readonly begin: number | null } | 'arrivals';

const answer = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n');
/** An alarm is late by about as much; the rest is waited for with open eyes. */
const EARLY_MS = 0.15;
const endOfHead = '\r\n\r\n';

let behaviour: Behaviour = { kind: 'fixed', ms: 0 };
let begin: number | null = 0;
let answerOf = answersOf(behaviour);
let arrivals: number[] = [];

/** An answer: when it is due, ms of the load, and the how many-th request it is for. */
interface Due {
  readonly at: number;
  readonly n: number;
  readonly socket: Socket;
}

/** Answers that are due, as a heap: the earliest first. */
const due: Due[] = [];
let taken = 0;
const alarm = new Alarm(serve);

const server = createServer({ noDelay: true }, (socket) => {
  let seen = '';
  socket.on('error', () => undefined);
  socket.on('data', (bytes) => {
    seen += bytes.toString('latin1');
    for (let end = seen.indexOf(endOfHead); end >= 0; end = seen.indexOf(endOfHead)) {
      seen = seen.slice(end + endOfHead.length);
      take(socket);
    }
  });
});
server.listen(0, '127.0.0.1', () => process.send?.(server.address()));

process.on('message', (told: Told) => {
  if (told === 'arrivals') process.send?.(arrivals);
  else ({ behaviour, begin } = told);
  arrivals = [];
  answerOf = answersOf(behaviour);
});
process.on('disconnect', () => process.exit());

function take(socket: Socket): void {
  begin ??= now();
  const at = now() - begin;
  if (at >= 0) arrivals.push(at);
  taken += 1;
  const answered = at >= 0 ? answerOf(at) : answerBefore(behaviour, at);
  if (answered <= at) socket.write(answer);
  else if (push({ at: answered, n: taken, socket })) alarm.set(begin + answered - EARLY_MS);
}

function serve(): void {
  if (begin === null) return;
  while (due[0] && begin + due[0].at - EARLY_MS <= now()) {
    while (now() < begin + due[0].at);
    pop().socket.write(answer);
  }
  alarm.set(due[0] ? begin + due[0].at - EARLY_MS : Number.POSITIVE_INFINITY);
}

/** Whoever came first is served first, of those that are due at the same moment. */
function isBefore(a: Due, b: Due): boolean {
  return a.at < b.at || (a.at === b.at && a.n < b.n);
}

/** @returns whether it is the earliest now */
function push(one: Due): boolean {
  let i = due.push(one) - 1;
  for (let up = (i - 1) >> 1; i > 0 && isBefore(one, due[up]!); up = (i - 1) >> 1) {
    due[i] = due[up]!;
    i = up;
  }
  due[i] = one;
  return i === 0;
}

function pop(): Due {
  const first = due[0]!;
  const last = due.pop()!;
  if (due.length === 0) return first;
  let i = 0;
  for (;;) {
    let down = 2 * i + 1;
    if (down >= due.length) break;
    if (down + 1 < due.length && isBefore(due[down + 1]!, due[down]!)) down += 1;
    if (isBefore(last, due[down]!)) break;
    due[i] = due[down]!;
    i = down;
  }
  due[i] = last;
  return first;
}
