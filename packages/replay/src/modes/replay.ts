import { type Asked, askedOf } from '../match/asked.ts';
import { describeNearest } from '../match/difference.ts';
import type { Call } from '../standin/call.ts';
import { readBody } from '../standin/read-body.ts';
import type { Context, ModeHandler } from './context.ts';

const empty = Buffer.alloc(0);

/** Answers from the tape. */
export const replay: ModeHandler = (call, context): Promise<void> | void => {
  if (!call.hasBody) answer(call, empty, context);
  else return readBody(call.request).then((body) => answer(call, body, context));
};

function answer(call: Call, body: Buffer | null, context: Context): void {
  if (body === null) {
    refuseBody(call);
    return;
  }
  const asked = askedOf({ ...call, body });
  if (!playRecorded(call, asked, context)) answerUnmatched(call, asked, context);
}

/** Plays the recording, if there is one. */
export function playRecorded(call: Call, asked: Asked, context: Context): boolean {
  const exchange = context.deck.find(asked);
  if (exchange === null) return false;
  context.counts.replayed++;
  context.player.play(exchange, call);
  return true;
}

function answerUnmatched(call: Call, asked: Asked, context: Context): void {
  context.counts.unmatched++;
  const shown = context.clean(asked);
  const nearest = describeNearest(shown, context.tape, context.listed);
  const sentence = `${describeAsked(shown)} is not on the tape. ${nearest}`;
  context.tell({ kind: 'unmatched', sentence });
  if (context.unmatched === 'pass') {
    context.forward(call, call.hasBody ? asked.body : null, null);
    return;
  }
  call.response
    .writeHead(501, { 'Content-Type': 'text/plain; charset=utf-8', 'X-Marteau-Unmatched': '1' })
    .end(`${sentence} Record it (marteau record, mode: replayOrRecord), or correct the tape.\n`);
}

export function refuseBody({ response }: Call): void {
  if (response.destroyed) return;
  response.writeHead(413, { 'Content-Type': 'text/plain', Connection: 'close' });
  response.end('The body is larger than 64 MB, and no tape holds that.\n');
}

/** `GET https://api.example.com/path?query`. */
export function describeAsked({ method, origin, path, query }: Asked): string {
  return `${method} ${origin ?? ''}${path}${query === '' ? '' : `?${query}`}`;
}
