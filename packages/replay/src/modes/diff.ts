import { isSecretName } from '@marteau/shared';
import { askedOf } from '../match/asked.ts';
import { readBody } from '../standin/read-body.ts';
import { decoded } from '../tape/body.ts';
import type { RecordedAnswer } from '../tape/exchange.ts';
import { header } from '../tape/headers.ts';
import type { ModeHandler } from './context.ts';
import { describeAsked, refuseBody } from './replay.ts';

/** Passes everything to the real server, and tells where its answers are no longer those of the tape. */
export const diff: ModeHandler = async (call, context) => {
  const body = call.hasBody ? await readBody(call.request) : Buffer.alloc(0);
  if (body === null) {
    refuseBody(call);
    return;
  }
  const asked = askedOf({ ...call, body });
  const recorded = context.deck.find(asked);
  const what = describeAsked(context.clean(asked));
  context.forward(call, call.hasBody ? body : null, (exchange) => {
    if (recorded === null) {
      context.counts.unmatched++;
      context.tell({ kind: 'unmatched', sentence: `${what} is not on the tape.` });
      return;
    }
    const changes = answerChanges(recorded.answer, context.mask(exchange).answer);
    if (changes.length === 0) return;
    context.counts.differing++;
    const sentence = `${what} (${context.tape.placeOf(recorded)}) is answered otherwise now: ${changes.join('; ')}.`;
    context.tell({ kind: 'difference', sentence });
  });
};

/** So many places are told. */
const TOLD = 5;

/** What an answer says now, where it said something else; secrets and placeholders are expected to change. */
function answerChanges(before: RecordedAnswer, now: RecordedAnswer): string[] {
  const changes: string[] = [];
  if (before.status !== now.status) changes.push(`status ${now.status}, was ${before.status}`);
  const [typeBefore, typeNow] = [before, now].map(({ headers }) => header(headers, 'content-type') ?? 'none');
  if (typeBefore !== typeNow) changes.push(`Content-Type ${typeNow}, was ${typeBefore}`);
  const [textBefore, textNow] = [before, now].map(plainText);
  const [jsonBefore, jsonNow] = [parse(textBefore!), parse(textNow!)];
  if (jsonBefore !== undefined && jsonNow !== undefined) jsonChanges(jsonBefore, jsonNow, '', changes);
  else if (textBefore !== textNow && !textBefore!.includes('{{'))
    changes.push(textChange(textBefore!, textNow!));
  return changes.length > TOLD ? [...changes.slice(0, TOLD), `and ${changes.length - TOLD} more`] : changes;
}

function plainText({ headers, body }: RecordedAnswer): string {
  return (decoded(body, header(headers, 'content-encoding')) ?? body).toString();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text, asWritten);
  } catch {
    return undefined;
  }
}

/** Numbers that parsing would round are compared by their digits. */
function asWritten(_key: string, value: unknown, ...context: unknown[]): unknown {
  const { source = '' } = (context[0] ?? {}) as { source?: string };
  const isRounded = typeof value === 'number' && !Number.isSafeInteger(value) && source.length > 15;
  return isRounded || value === Infinity || value === -Infinity ? source : value;
}

function jsonChanges(before: unknown, now: unknown, path: string, changes: string[]): void {
  if (typeof before === 'string' && before.includes('{{')) return;
  if (isObject(before) && isObject(now)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
      const here = path === '' ? key : `${path}.${key}`;
      if (!Object.hasOwn(now, key)) changes.push(`${here} is gone`);
      else if (!Object.hasOwn(before, key)) changes.push(`${here} is new`);
      else if (!isSecretName(key)) jsonChanges(before[key], now[key], here, changes);
    }
  } else if (JSON.stringify(before) !== JSON.stringify(now)) {
    changes.push(
      `${path || 'the body'} is ${short(JSON.stringify(now))}, was ${short(JSON.stringify(before))}`,
    );
  }
}

function textChange(before: string, now: string): string {
  let at = 0;
  while (before[at] === now[at]) at++;
  const around = (text: string) => short(text.slice(Math.max(0, at - 10), at + 30));
  return `from character ${at + 1} the body is '${around(now)}', was '${around(before)}'`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
