import { askedOf } from '../match/asked.ts';
import { readBody } from '../standin/read-body.ts';
import type { ModeHandler } from './context.ts';
import { playRecorded, refuseBody } from './replay.ts';

/** Passes everything to the real server. */
export const off: ModeHandler = (call, { forward }) => forward(call, null, null);

/** The same, and writes it down. */
export const record: ModeHandler = (call, context) =>
  context.forward(call, null, (exchange) => context.record(exchange));

/** Answers from the tape, and records what is not there yet. */
export const replayOrRecord: ModeHandler = async (call, context) => {
  const body = call.hasBody ? await readBody(call.request) : Buffer.alloc(0);
  if (body === null) {
    refuseBody(call);
    return;
  }
  if (playRecorded(call, askedOf({ ...call, body }), context)) return;
  context.counts.unmatched++;
  context.forward(call, call.hasBody ? body : null, (exchange) => {
    context.record(exchange);
    context.deck.add(context.mask(exchange));
  });
};
