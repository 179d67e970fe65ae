import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { ErrorCode, ErrorParams } from '@marteau/shared';
import type { ChildMessage, ParentMessage } from '../share/messages.ts';

const MESSAGES = 3;

/** The parent process: its lines and ours go over descriptor 3. */
export class Parent {
  readonly #pipe = new Socket({ fd: MESSAGES, readable: true, writable: true });
  #token = '';

  constructor() {
    // Nobody left to speak to: its lines end too, and with them this process.
    this.#pipe.on('error', () => undefined);
  }

  /** Calls back with each message, and when there will be none any more. */
  listen(received: (message: ParentMessage) => void, gone: () => void): void {
    const lines = createInterface({ input: this.#pipe });
    lines.on('line', (line) => {
      const message = JSON.parse(line) as ParentMessage;
      if (message.type === 'job') this.#token = message.token;
      received(message);
    });
    lines.on('close', gone);
  }

  /** @param sent is called when the line is on its way */
  send(message: ChildMessage, sent?: () => void): void {
    // A line begins with its end: what the script may have put there before it is a line of its own.
    this.#pipe.write(`\n${JSON.stringify({ token: this.#token, ...message })}\n`, sent);
  }

  /** The share ends in error; says which. */
  fail<C extends ErrorCode>(code: C, params: ErrorParams<C>): void {
    this.send({ type: 'failed', code, params: { ...params } }, () => process.exit(1));
  }
}
