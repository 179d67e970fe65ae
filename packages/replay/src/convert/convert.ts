import type { Exchange, Tape } from '../tape/exchange.ts';
import { wrong } from '../wrong.ts';
import { HeldCookies } from './held-cookies.ts';
import { type Session, sessionOf } from './session.ts';
import { Values } from './values.ts';
import { writeRequest } from './write-request.ts';
import { type Written, writeScript } from './write-script.ts';
import { Writing } from './writing.ts';

export interface ConvertOptions {
  /** Of the test. */
  name: string;
  /** The file that the data goes into, as the script names it. */
  dataFile: string;
  /** The server under test, where it is not that of the first page. */
  target: string | null;
}

export interface Converted {
  /** A node:test file. */
  script: string;
  /** JSON: a list of users, each with what is its own; null where all users are alike. */
  data: string | null;
  /** What a person has to know or to fill in, as sentences. */
  notes: string[];
}

/**
 * Makes a load test of recorded sessions: several recordings of the same session, by different users, tell which values
 * are the users' own.
 * @throws replay-wrong when there is nothing to make a test of
 */
export function convertToTest(tapes: readonly Tape[], { name, dataFile, target }: ConvertOptions): Converted {
  const sessions = tapes.map((tape) => sessionOf(tape, target));
  const [session] = sessions;
  if (session === undefined || session.steps.length === 0) {
    throw wrong(
      'The recording holds no request to the target. Name the target with --target https://shop.example.com.',
    );
  }
  const alike = sessions.filter((other) => sameShape(session, other));
  const values = new Values(alike.length);
  const others = alike.map(({ steps }) => steps.flatMap(({ exchanges }) => exchanges));
  const versions = new Map(others[0]!.map((exchange, i) => [exchange, others.map((each) => each[i]!)]));
  const requests = new Map<Exchange, Written>();
  const writing = new Writing(values);
  const cookies = new HeldCookies();
  for (const exchange of others[0]!) {
    const same = versions.get(exchange)!;
    const before = cookies.before(same, writing);
    requests.set(exchange, { before, call: writeRequest(same, writing) });
    values.after(exchange);
    cookies.after(exchange.answer);
  }
  const hasData = Object.keys(values.rows[0]!).length > 0;
  return {
    script: writeScript(session, requests, writing, hasData ? dataFile : null, name),
    data: hasData ? `${JSON.stringify(values.rows, null, 2)}\n` : null,
    notes: [
      ...notesOf(session, sessions.length - alike.length, values, dataFile),
      ...heldCookies(cookies.held, dataFile),
      ...writing.notes(),
    ],
  };
}

function heldCookies(names: ReadonlySet<string>, dataFile: string): string[] {
  if (names.size === 0) return [];
  return [
    `The browser sent cookies that no recorded answer had set, and that may be over by now: ${[...names].join(', ')}. They are in ${dataFile}. Put fresh ones there, or record the login, too.`,
  ];
}

function sameShape(one: Session, other: Session): boolean {
  const shape = ({ steps }: Session) =>
    steps.flatMap(({ exchanges }) => exchanges.map(({ request }) => request.method)).join(' ');
  return shape(one) === shape(other);
}

function notesOf(
  { leftOut, unaskable, steps }: Session,
  different: number,
  values: Values,
  dataFile: string,
): string[] {
  const hidden = Object.entries(values.rows[0]!).filter(([, value]) => value.includes('XXX'));
  const errors = steps.flatMap(({ exchanges }) => exchanges.filter(({ answer }) => answer.status >= 400));
  const failed = [
    ...new Set(
      errors.map(
        ({ answer, request }) => `${answer.status} ${request.method} ${request.target.split('?')[0]}`,
      ),
    ),
  ];
  const hosts = [...leftOut].map(([host, requests]) => `${host} (${requests})`).join(', ');
  return [
    ...(unaskable.size === 0
      ? []
      : [`What fetch cannot ask was left out: ${[...unaskable].slice(0, 5).join(', ')}.`]),
    ...(hosts === '' ? [] : [`Requests to other servers were left out: ${hosts}.`]),
    ...(hidden.length === 0
      ? []
      : [
          `Fill in ${hidden.map(([column]) => column).join(', ')} in ${dataFile}: the tape has XXX in ${hidden.length === 1 ? 'its' : 'their'} place.`,
        ]),
    ...(failed.length === 0
      ? []
      : [
          `Some answers were errors, and count as such in a run: ${failed.slice(0, 5).join(', ')}. List their statuses under expected in .marteau.yml, or take them out of the test.`,
        ]),
    ...(different === 0
      ? []
      : [`${different} of the recordings went another way than the first, and were not compared with it.`]),
  ];
}
