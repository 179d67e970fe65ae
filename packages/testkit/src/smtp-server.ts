import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { ParsedMail } from 'mailparser';
import type { SMTPServer, SMTPServerAddress } from 'smtp-server';

/** A mail as it came over the wire: its envelope, its source, and what it says. */
export type ReceivedMail = { from: string; to: string[]; source: string; parsed: ParsedMail };

/** A mail server that keeps what it is given and can be a bad one. */
export type SmtpServer = AsyncDisposable & {
  /** `smtp://127.0.0.1:PORT`; it stays the same over stop and start. */
  url: string;
  mails: ReceivedMail[];
  /** Recipients that are answered with 550, for good. */
  refused: Set<string>;
  /**
   * `busy` answers every sender with 451, to be tried again; `hanging` takes connections and never says a word; `mute`
   * greets and then says no more.
   */
  mood: 'accepting' | 'busy' | 'hanging' | 'mute';
  /** Connections that were opened so far, in any mood. */
  connections: number;
  /** Nobody listens any more, and open connections are cut. */
  stop(): Promise<void>;
  start(): Promise<void>;
};

/** Starts a mail server without TLS and without authentication. */
export async function startSmtpServer(): Promise<SmtpServer> {
  let listening = await listen(0);
  const { port } = listening.server.address() as AddressInfo;

  async function listen(onPort: number): Promise<SMTPServer> {
    const server = await createServer(() => smtp);
    server.listen(onPort, '127.0.0.1');
    await once(server.server, 'listening');
    return server;
  }

  const smtp: SmtpServer = {
    url: `smtp://127.0.0.1:${port}`,
    mails: [],
    refused: new Set(),
    mood: 'accepting',
    connections: 0,
    async start() {
      if (!listening.server.listening) listening = await listen(port);
    },
    async stop() {
      if (!listening.server.listening) return;
      const closed = once(listening.server, 'close');
      listening.close();
      await closed;
    },
    [Symbol.asyncDispose]: () => smtp.stop(),
  };
  return smtp;
}

/** Loads the library, which most tests do not need. */
async function createServer(state: () => SmtpServer): Promise<SMTPServer> {
  const { SMTPServer } = await import('smtp-server');
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 1,
    onConnect(_session, done) {
      state().connections += 1;
      if (state().mood !== 'hanging') done();
    },
    onMailFrom(_address, _session, done) {
      if (state().mood === 'mute') return;
      done(state().mood === 'busy' ? reply(451, 'Busy, try again later') : null);
    },
    onRcptTo({ address }, _session, done) {
      done(state().refused.has(address) ? reply(550, 'No such mailbox here') : null);
    },
    onData(stream, { envelope }, done) {
      receive(stream, envelope.mailFrom, envelope.rcptTo).then((mail) => {
        state().mails.push(mail);
        done();
      }, done);
    },
  });
  server.on('error', () => {}); // A client that went away is what some tests are about.
  return server;
}

async function receive(
  stream: AsyncIterable<Buffer>,
  from: SMTPServerAddress | false,
  to: SMTPServerAddress[],
): Promise<ReceivedMail> {
  const source = (await buffer(stream)).toString();
  const { simpleParser } = await import('mailparser');
  return {
    from: from ? from.address : '',
    to: to.map(({ address }) => address),
    source,
    parsed: await simpleParser(source),
  };
}

function reply(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
