import { promises as dns } from 'node:dns';
import { type Allowed, askOutside, NotAllowed } from '@marteau/net';
import {
  type ConsentDocument,
  MOST_BYTES,
  parseDocument,
  UnreadableConsent,
  WELL_KNOWN_PATH,
} from './document.ts';
import { type Asker, replyOf, type Terms } from './terms.ts';
import { parseTxt, txtName } from './txt-record.ts';

/** Where a load is to go. */
export interface Target {
  /** `https://shop.example.com`, or `https://shop.example.com:8443`: where the file is asked for. */
  readonly origin: string;
  /** A name or an address, without brackets. */
  readonly host: string;
}

export interface AskOptions extends Asker {
  /** Which addresses may be asked. */
  readonly allowed: Allowed;
  readonly signal: AbortSignal;
  /** ms since 1970 */
  now(): number;
  /** Looks the TXT records of a name up, each as its parts; the system's resolver unless given. */
  readonly resolveTxt?: (name: string) => Promise<string[][]>;
}

export type Source = 'file' | 'txt';

/** What a target said: yes; no, by a valid answer that does not name us or by none being there; or nothing to go by. */
export type Answer =
  | {
      readonly says: 'yes';
      readonly source: Source;
      readonly document: ConsentDocument;
      readonly terms: Terms;
    }
  | {
      readonly says: 'no' | 'nothing';
      /** A sentence. */
      readonly why: string;
      /** Which of them said no. */
      readonly noOf: readonly Source[];
    };

const DEADLINE_MS = 10_000;
const REDIRECTS = 3;
/** What a resolver says of a name that has no such record. */
const ABSENT = new Set(['ENOTFOUND', 'ENODATA']);
const GONE = new Set([404, 410]);

interface Reading {
  readonly document: ConsentDocument | null;
  /** Why there is no document; goes on after the name of where it was looked for. */
  readonly why: string;
  /** There is none, for certain. */
  readonly isAbsent: boolean;
}

/** Asks a target's file and, where that says no yes, its TXT record. @throws the signal's reason */
export async function askConsent(target: Target, options: AskOptions): Promise<Answer> {
  const file = judge('file', `${target.origin}${WELL_KNOWN_PATH}`, await readFile(target, options), options);
  if (file.says === 'yes') return file;
  const txt = judge(
    'txt',
    `The TXT record of ${txtName(target.host)}`,
    await readTxt(target, options),
    options,
  );
  if (txt.says === 'yes') return txt;
  return {
    says: file.says === 'no' && txt.says === 'no' ? 'no' : 'nothing',
    why: `${file.why} ${txt.why}`,
    noOf: [...file.noOf, ...txt.noOf],
  };
}

function judge(source: Source, name: string, reading: Reading, options: AskOptions): Answer {
  const { document, why, isAbsent } = reading;
  const no = (says: 'no' | 'nothing', because: string): Answer => ({
    says,
    why: `${name} ${because}.`,
    noOf: says === 'no' ? [source] : [],
  });
  if (document === null) return no(isAbsent ? 'no' : 'nothing', why);
  try {
    const reply = replyOf(document, options, options.now());
    return 'terms' in reply ? { says: 'yes', source, document, terms: reply.terms } : no('no', reply.no);
  } catch (error) {
    if (error instanceof UnreadableConsent) return no('nothing', error.message);
    throw error;
  }
}

async function readFile({ origin }: Target, { allowed, signal }: AskOptions): Promise<Reading> {
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  try {
    const { status, text, isCut } = await askOutside(`${origin}${WELL_KNOWN_PATH}`, {
      headers: { accept: 'application/json, text/plain' },
      signal: AbortSignal.any([signal, deadline]),
      allowed,
      mostBytes: MOST_BYTES,
      redirects: REDIRECTS,
      sameHost: true,
    });
    if (status !== 200) return nothing(`answered ${status}`, GONE.has(status));
    if (isCut) return nothing(`has more than ${MOST_BYTES / 1024} KB`);
    return { document: parseDocument(text), why: '', isAbsent: false };
  } catch (error) {
    signal.throwIfAborted();
    return nothing(whyOf(error, deadline));
  }
}

async function readTxt({ host }: Target, options: AskOptions): Promise<Reading> {
  const { signal, resolveTxt = dns.resolveTxt } = options;
  try {
    const records = await within(signal, resolveTxt(txtName(host)));
    const document = parseTxt(records.map((parts) => parts.join('')));
    return document ? { document, why: '', isAbsent: false } : nothing('is not there', true);
  } catch (error) {
    signal.throwIfAborted();
    const { code = '' } = error as NodeJS.ErrnoException;
    return ABSENT.has(code) ? nothing('is not there', true) : nothing(whyOf(error));
  }
}

/** A resolver goes on by itself, and ends by itself. */
function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
  const { promise, reject } = Promise.withResolvers<never>();
  deadline.addEventListener('abort', () => reject(deadline.reason), { once: true });
  return Promise.race([work, promise]);
}

function whyOf(error: unknown, deadline?: AbortSignal): string {
  if (error instanceof UnreadableConsent) return error.message;
  if (error instanceof NotAllowed) return `was not read: ${error.message}`;
  if (deadline?.aborted || (error as Error).name === 'TimeoutError')
    return `did not answer within ${DEADLINE_MS / 1000} s`;
  const { code, message } = error as NodeJS.ErrnoException;
  return `could not be asked (${code ?? message})`;
}

function nothing(why: string, isAbsent = false): Reading {
  return { document: null, why, isAbsent };
}
