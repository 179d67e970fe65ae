import type { ErrorWish, Exchange, ProtocolError } from '../contracts.ts';
import { Gatherer } from './lines.ts';
import type { Dialogue, Found, Protocol } from './protocol.ts';

/** SMTP with pipelining, DATA and BDAT; RFC 5321, 2920, 3030. */
export const smtp: Protocol = {
  name: 'smtp',
  about: 'SMTP. The verb can be matched.',
  open: () => new SmtpDialogue(),
};

const END_OF_MAIL = '\r\n.\r\n';

class SmtpDialogue implements Dialogue {
  /** The server speaks first. */
  readonly greetings = 1;
  readonly continues = false;
  expectsAnswer = true;
  found: Found = 'more';
  why = '';

  readonly #line = new Gatherer('\n');
  #mode: 'command' | 'mail' | 'chunk' = 'command';
  #verb = '';
  #left = 0; // of a BDAT
  #tail = ''; // the last bytes of a mail so far
  #isWhole = false;
  #asksSecret = false; // AUTH waits for what the user says

  request(chunk: Buffer, at: number): number {
    if (this.#isWhole) {
      this.#isWhole = false;
      return this.#stop('end', at);
    }
    if (this.#mode === 'mail') return this.#mail(chunk, at);
    if (this.#mode === 'chunk') return this.#chunk(chunk, at);
    const first = chunk[at]!;
    if (!this.#line.isOpen && (first > 0x7e || (first < 0x20 && first !== 0x0d && first !== 0x0a))) {
      return this.#stop('garbage', at, 'this is no SMTP command');
    }
    const to = this.#line.take(chunk, at);
    if (to < 0) {
      if (this.#line.tooLong) return this.#stop('garbage', at, 'a line is longer than SMTP has');
      return this.#stop('more', chunk.length);
    }
    const text = this.#line.taken.toString('latin1').trim();
    // What follows AUTH is a secret and no command.
    this.#verb = this.#asksSecret ? 'AUTH' : (/^[A-Za-z]{1,20}/.exec(text)?.[0] ?? '').toUpperCase();
    this.#left = this.#verb === 'BDAT' ? Number(/^BDAT\s+(\d+)/i.exec(text)?.[1] ?? 0) : 0;
    if (this.#left > 0) this.#mode = 'chunk';
    else this.#isWhole = true;
    return this.#stop('head', to);
  }

  /** The text of a mail, up to the line with a dot alone. */
  #mail(chunk: Buffer, at: number): number {
    if (this.#tail === '') {
      // It may be empty: the dot is then the first line.
      this.#tail = '\r\n';
      this.#verb = 'MAIL-TEXT';
      return this.#stop('head', at);
    }
    const before = this.#tail.length;
    const cut = this.#tail + chunk.toString('latin1', at, at + END_OF_MAIL.length);
    const inCut = cut.indexOf(END_OF_MAIL);
    const found = inCut >= 0 ? at + inCut - before : chunk.indexOf(END_OF_MAIL, at);
    if (found < 0 && inCut < 0) {
      this.#tail = (
        this.#tail + chunk.toString('latin1', Math.max(at, chunk.length - END_OF_MAIL.length))
      ).slice(-4);
      return this.#stop('more', chunk.length);
    }
    this.#tail = '';
    this.#mode = 'command';
    return this.#stop('end', found + END_OF_MAIL.length);
  }

  #chunk(chunk: Buffer, at: number): number {
    const step = Math.min(this.#left, chunk.length - at);
    this.#left -= step;
    if (this.#left > 0) return this.#stop('more', at + step);
    this.#mode = 'command';
    return this.#stop('end', at + step);
  }

  describe(exchange: Exchange): void {
    exchange.command = this.#verb;
  }

  readonly #reply = new Gatherer('\n');

  response(chunk: Buffer, at: number, exchange: Exchange | undefined): number {
    while (at < chunk.length) {
      const to = this.#reply.take(chunk, at);
      if (to < 0) {
        if (this.#reply.tooLong) return this.#stop('garbage', at, 'an answer is longer than SMTP has');
        return this.#stop('more', chunk.length);
      }
      at = to;
      const [, code = '', more = ''] = /^(\d{3})(-?)/.exec(this.#reply.taken.toString('latin1')) ?? [];
      if (code === '') return this.#stop('garbage', at, 'this is no answer of SMTP');
      if (more === '-') continue;
      this.#asksSecret = code === '334';
      if (exchange?.command === 'DATA' && code === '354') this.#mode = 'mail';
      if (exchange?.command === 'STARTTLS' && code === '220')
        return this.#stop('opaque', at, 'TLS hides the commands');
      return this.#stop('end', at);
    }
    return this.#stop('more', at);
  }

  #stop(found: Found, at: number, why = ''): number {
    this.found = found;
    this.why = why;
    return at;
  }

  error(_exchange: Exchange, { message }: ErrorWish): ProtocolError {
    const text = (message || 'Service not available, closing transmission channel').replace(/[\r\n]+/g, ' ');
    // 421 is the one answer that any command may get; the server closes after it.
    return { bytes: Buffer.from(`421 4.3.2 ${text}\r\n`), close: true, detail: `answered 421 ${text}` };
  }
}
