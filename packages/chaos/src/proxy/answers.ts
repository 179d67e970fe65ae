import type { Exchange } from '../contracts.ts';
import type { Dialogue } from '../protocols/protocol.ts';
import type { Transport } from './conversation.ts';
import { type OpenRequests, standsOut } from './open-requests.ts';

const nothing = Buffer.alloc(0);

/** Tells answers apart in what the backend says, and has those in its place stand between them. */
export class Answers {
  /** Something was said of an answer, or of what comes between answers, and it is not over. */
  hasBegun = false;
  readonly #connection: Transport;
  readonly #dialogue: Dialogue;
  readonly #open: OpenRequests;

  constructor(connection: Transport, dialogue: Dialogue, open: OpenRequests) {
    this.#connection = connection;
    this.#dialogue = dialogue;
    this.#open = open;
  }

  /**
   * Passes on what the backend says, all of it where answers to which nothing is to happen stand together.
   * @param current the request that it belongs to when none is open
   * @param endsSoon answers are told apart only until none is to be answered here any more
   * @returns null, or what is left once answers are not told apart any longer
   */
  read(chunk: Buffer, current: Exchange, endsSoon: boolean): Buffer | null {
    const dialogue = this.#dialogue;
    const connection = this.#connection;
    const open = this.#open;
    let start = 0;
    let at = 0;
    while (at < chunk.length) {
      const exchange = open.next;
      this.hasBegun = true;
      at = dialogue.response(chunk, at, exchange);
      const { found } = dialogue;
      if (found === 'more') continue;
      if (found === 'opaque' || found === 'garbage') {
        open.pass(exchange ?? current, chunk.subarray(start));
        return nothing;
      }
      this.hasBegun = false;
      if (found === 'end' && exchange !== undefined) open.answered();
      if (!connection.down.cuts && at < chunk.length && !standsOut(exchange) && !standsOut(open.next))
        continue;
      if (found === 'end') open.passLast(exchange ?? current, chunk.subarray(start, at));
      else open.passAside(open.next ?? current, chunk.subarray(start, at));
      connection.down.swap();
      start = at;
      open.answerNext();
      if (endsSoon && !open.isAnyWaiting) return chunk.subarray(at);
    }
    if (start < chunk.length) open.pass(open.next ?? current, chunk.subarray(start));
    return null;
  }

  /** Answers in the backend's place what is next in line, but not in the middle of what the backend says. */
  answerNext(): void {
    if (!this.hasBegun) this.#open.answerNext();
  }
}
