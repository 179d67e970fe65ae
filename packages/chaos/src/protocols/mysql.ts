import type { ErrorWish, Exchange, ProtocolError } from '../contracts.ts';
import { MysqlAnswer } from './mysql-answer.ts';
import { type MysqlLogin, readLogin } from './mysql-login.ts';
import { Packets } from './packets.ts';
import type { Dialogue, Found, Protocol } from './protocol.ts';

/** MySQL and MariaDB, text and prepared statements; https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_PROTOCOL.html */
export const mysql: Protocol = {
  name: 'mysql',
  about: 'MySQL and MariaDB. The first word of the statement (SELECT, INSERT) can be matched.',
  open: () => new MysqlDialogue(),
};

const packet = () => new Packets(4, (header) => header.readUIntLE(0, 3), 160);
const LONGEST = 0xffffff;
const commandNames = new Map([
  [0x01, 'QUIT'],
  [0x02, 'INIT_DB'],
  [0x03, 'QUERY'],
  [0x04, 'FIELD_LIST'],
  [0x09, 'STATISTICS'],
  [0x0e, 'PING'],
  [0x11, 'CHANGE_USER'],
  [0x16, 'PREPARE'],
  [0x17, 'EXECUTE'],
  [0x18, 'SEND_LONG_DATA'],
  [0x19, 'CLOSE'],
  [0x1a, 'RESET'],
  [0x1c, 'FETCH'],
  [0x1f, 'RESET_CONNECTION'],
  [0xfa, 'BULK_EXECUTE'],
]);
const unanswered = new Set([0x01, 0x18, 0x19]);
/** Replication: the backend goes on sending; and several commands in one. */
const unpaired = new Set([0x12, 0x15, 0x1e, 0xfe]);
const WORD = /^(?:\s|\/\*.*?\*\/|(?:--\s|#)[^\n]*\n|\()*([A-Za-z]+)/s;

class MysqlDialogue implements Dialogue {
  /** The server greets. */
  readonly greetings = 1;
  expectsAnswer = false;
  continues = false;
  found: Found = 'more';
  why = '';
  get pipelines(): boolean {
    return this.#login.pipelines;
  }

  readonly #requests = packet();
  readonly #responses = packet();
  readonly #answer = new MysqlAnswer();
  #state: 'signing in' | 'commands' = 'signing in';
  #sentLogin = false;
  #sendsFile = false;
  #greeting: Buffer = Buffer.alloc(0);
  #login: MysqlLogin = readLogin(this.#greeting, this.#greeting);
  #code = 0;
  #word = '';

  request(chunk: Buffer, at: number): number {
    const to = this.#requests.next(chunk, at);
    this.found = this.#requests.found;
    const { header, start } = this.#requests;
    if (this.found === 'head' && this.#state === 'signing in') return this.#signIn(to);
    if (this.found !== 'head') return to;
    // A sequence begins with packet 0; the others belong to it, as does a file that the backend asked for.
    this.continues = header[3] !== 0 || this.#sendsFile;
    this.expectsAnswer = false;
    if (this.continues) {
      if (this.#sendsFile && header.readUIntLE(0, 3) === 0) this.#sendsFile = false;
      return to;
    }
    this.#code = start[0] ?? 0;
    const isLong = header.readUIntLE(0, 3) === LONGEST;
    this.expectsAnswer = !unanswered.has(this.#code);
    if (isLong) return this.#stop('opaque', to, 'a statement is longer than 16 MB');
    if (unpaired.has(this.#code)) {
      return this.#stop('opaque', to, 'after such a command MySQL does not answer one to one');
    }
    this.#word = WORD.exec(this.#statement(start))?.[1]?.toUpperCase() ?? '';
    return to;
  }

  /** The text of a statement, where the command has one. */
  #statement(start: Buffer): string {
    if (this.#code === 0x16) return start.toString('latin1', 1);
    if (this.#code !== 0x03) return '';
    // No attributes, in one set: what nearly every client sends. Those that there are hide the text.
    const isPlain = !this.#login.hasAttributes || start[1] !== 0;
    return start.toString('latin1', isPlain ? 1 : 3);
  }

  /** The client says who it is, in one packet or several; they are one request, answered once the server is content. */
  #signIn(to: number): number {
    const { header, start } = this.#requests;
    this.continues = this.#sentLogin;
    this.expectsAnswer = !this.#sentLogin;
    this.#word = 'LOGIN';
    if (this.#sentLogin) return to;
    if (header[3] !== 1) return this.#stop('garbage', to, 'this is no login of MySQL');
    this.#login = readLogin(start, this.#greeting);
    if (this.#login.hides !== null) return this.#stop('opaque', to, this.#login.hides);
    this.#answer.agreed = this.#login;
    this.#sentLogin = true;
    return to;
  }

  describe(exchange: Exchange): void {
    exchange.command = this.#word || (commandNames.get(this.#code) ?? `0x${this.#code.toString(16)}`);
    exchange.context = {
      code: this.#state === 'commands' ? this.#code : -1,
      sequence: this.#requests.header[3]! + 1,
    };
  }

  #isOpen = false;

  response(chunk: Buffer, at: number, exchange: Exchange | undefined): number {
    const to = this.#responses.nextEnd(chunk, at);
    const { found, header, start } = this.#responses;
    this.found = 'more';
    if (found !== 'end') return to;
    const first = start[0] ?? -1;
    if (exchange === undefined || exchange.number === 0) {
      this.found = 'end'; // the greeting, or an error that nobody asked for
      if (exchange !== undefined) this.#greeting = start;
    } else if (this.#state === 'signing in') {
      if (first === 0x00) this.#state = 'commands';
      if (first === 0x00 || first === 0xff) this.found = 'end';
    } else {
      if (!this.#isOpen) this.#answer.begin((exchange.context as { code: number }).code);
      const isLast = this.#answer.packet(start, header.readUIntLE(0, 3));
      this.#isOpen = !isLast;
      this.#sendsFile = this.#answer.asksFile;
      if (isLast) this.found = 'end';
    }
    return to;
  }

  #stop(found: Found, at: number, why = ''): number {
    this.found = found;
    this.why = why;
    return at;
  }

  error(exchange: Exchange, { message }: ErrorWish): ProtocolError {
    const { sequence } = exchange.context as { sequence: number };
    const text = message || 'broken on purpose';
    // ER_UNKNOWN_ERROR, general state.
    const body = Buffer.concat([Buffer.from([0xff, 0x51, 0x04]), Buffer.from(`#HY000${text}`)]);
    const header = Buffer.alloc(4);
    header.writeUIntLE(body.length, 0, 3);
    header[3] = sequence;
    return {
      bytes: Buffer.concat([header, body]),
      close: this.#state === 'signing in',
      detail: `answered error 1105: ${text}`,
    };
  }
}
