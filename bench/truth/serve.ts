import { createServer, type Socket } from 'node:net';
import { Alarm } from './alarm.ts';
import { type Behaviour, serviceTimes, stalledUntil } from './behaviour.ts';
import { now } from './now.ts';

/**
 * A target of known behaviour, in a process of its own. Told a behaviour and when the load begins, it serves by that;
 * told nothing, it answers at once. Says when each request reached it, if asked.
 */

type Told = { readonly behaviour: Behaviour; readonly begin: number } | 'arrivals';

const answer = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n');
const endOfHead = '\r\n\r\n';

let behaviour: Behaviour = { kind: 'fixed', ms: 0 };
let begin = 0;
let next = serviceTimes(behaviour);
let arrivals: number[] = [];

/** Answers that are due, as a heap: the earliest first. */
const due: { at: number; socket: Socket }[] = [];
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
  next = serviceTimes(behaviour);
});
process.on('disconnect', () => process.exit());

function take(socket: Socket): void {
  const at = now();
  arrivals.push(at - begin);
  const service = stalledUntil(behaviour, at - begin) + next();
  if (service === 0) socket.write(answer);
  else if (push({ at: at + service, socket })) alarm.set(at + service);
}

function serve(): void {
  while (due[0] && due[0].at <= now()) pop().socket.write(answer);
  alarm.set(due[0]?.at ?? Number.POSITIVE_INFINITY);
}

/** @returns whether it is the earliest now */
function push(one: (typeof due)[number]): boolean {
  let i = due.push(one) - 1;
  for (let up = (i - 1) >> 1; i > 0 && due[up]!.at > one.at; up = (i - 1) >> 1) {
    due[i] = due[up]!;
    i = up;
  }
  due[i] = one;
  return i === 0;
}

function pop(): (typeof due)[number] {
  const first = due[0]!;
  const last = due.pop()!;
  if (due.length === 0) return first;
  let i = 0;
  for (;;) {
    let down = 2 * i + 1;
    if (down >= due.length) break;
    if (down + 1 < due.length && due[down + 1]!.at < due[down]!.at) down += 1;
    if (due[down]!.at >= last.at) break;
    due[i] = due[down]!;
    i = down;
  }
  due[i] = last;
  return first;
}
