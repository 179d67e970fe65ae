import { Exchange } from '../contracts.ts';
import { type Conversation, startAnswer, type Transport } from './conversation.ts';
import { bytesOf } from './open-requests.ts';

/** Without boundaries a request is what the client sends until the backend, or somebody in its place, has answered. */
export class Turns implements Conversation {
  current: Exchange;
  readonly isBetweenRequests = true;
  readonly isBetweenAnswers = true;
  readonly #connection: Transport;
  #answered = true;

  constructor(connection: Transport, after: Exchange = new Exchange(0)) {
    this.#connection = connection;
    this.current = after;
  }

  fromClient(chunk: Buffer): void {
    const connection = this.#connection;
    const begins = this.#answered;
    if (begins) {
      this.#answered = false;
      this.current = new Exchange(this.current.number + 1);
      connection.decide(this.current);
    }
    const { fate } = this.current;
    if (fate.kind === 'pass')
      connection.up.send(chunk, this.current, begins ? this.current.before : undefined);
    else if (begins && fate.kind === 'answer') {
      this.#answered = true;
      connection.answer(this.current, bytesOf(fate), fate.close);
    } else if (begins && fate.kind === 'close') connection.close();
    else if (begins) {
      connection.up.send(chunk, this.current, this.current.before, () => connection.close());
    }
  }

  fromBackend(chunk: Buffer): void {
    this.#answered = true;
    this.#connection.down.send(...startAnswer(this.current, chunk));
  }

  clientEnded(): void {}

  ended(): void {}
}
