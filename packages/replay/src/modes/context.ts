import type { Asked } from '../match/asked.ts';
import type { Deck } from '../match/deck.ts';
import type { Player } from '../play/player.ts';
import type { Call } from '../standin/call.ts';
import type { Counts, StandInEvent } from '../standin/options.ts';
import type { Exchange, Tape } from '../tape/exchange.ts';

/** What every mode works with. */
export interface Context {
  counts: Counts;
  tape: Tape;
  deck: Deck;
  player: Player;
  listed: readonly string[];
  unmatched: 'fail' | 'pass';
  tell(event: StandInEvent): void;
  /** Takes the secrets out of a request, so that it can be shown. */
  clean(asked: Asked): Asked;
  /** Takes the secrets out of an exchange. */
  mask(exchange: Exchange): Exchange;
  /** Passes a call to its real server; `onExchange` gets a copy, as it was. */
  forward(call: Call, body: Buffer | null, onExchange: ((exchange: Exchange) => void) | null): void;
  /** Puts an exchange on the tape, without its secrets. */
  record(exchange: Exchange): void;
}

/** Answers a call. */
export type ModeHandler = (call: Call, context: Context) => Promise<void> | void;
