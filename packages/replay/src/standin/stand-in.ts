import { existsSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { formatBytes } from '@marteau/shared';
import { type Authority, createAuthority } from '../authority/authority.ts';
import { parseListen, parseServer } from '../listen/address.ts';
import { listenForAll } from '../listen/any-port.ts';
import { Masker } from '../mask/masker.ts';
import { Deck } from '../match/deck.ts';
import type { Context } from '../modes/context.ts';
import { handlers } from '../modes/index.ts';
import { Player } from '../play/player.ts';
import { forward } from '../record/forward.ts';
import { tunnelUpgrade } from '../record/tunnel.ts';
import { type Exchange, type Tape, tapeOf } from '../tape/exchange.ts';
import { LARGEST_TAPE, readTape } from '../tape/read-tape.ts';
import { Upstream } from '../upstream/upstream.ts';
import { openTapeWriter, type TapeWriter } from '../writer/tape-writer.ts';
import { wrong } from '../wrong.ts';
import { type Call, readCall } from './call.ts';
import type { Counts, StandInOptions } from './options.ts';

/** A server in place of others: it plays a tape, records one, or both. */
export interface StandIn extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, as a stand-in for one server and as a forward proxy alike. */
  url: string;
  port: number;
  counts: Readonly<Counts>;
  /** What its reader had to say about the tape. */
  notes: readonly string[];
  /** What HTTPS clients have to trust; null where only HTTP is answered. */
  authority: Authority | null;
  /** Ends every connection; the port and the file are free when it resolves. */
  stop(): Promise<void>;
}

/**
 * Starts a stand-in.
 * @throws tape-wrong, tape-busy, replay-wrong, replay-not-listening
 */
export async function startStandIn(options: StandInOptions): Promise<StandIn> {
  const {
    mode,
    file,
    latency = 1,
    headers = [],
    unmatched = 'fail',
    repeats = 'stay',
    cap = 5_000_000,
  } = options;
  const server = options.server ? parseServer(options.server) : null;
  if (file === null && mode !== 'off')
    throw wrong(`The mode ${mode} needs a tape. Name a .rec or .har file.`);
  await using stack = new AsyncDisposableStack();
  const tape = file === null ? tapeOf([]) : loadTape(options, file);
  const recording = mode === 'record' || mode === 'replayOrRecord';
  const writer: TapeWriter | null = recording ? openTapeWriter(file!, { fresh: mode === 'record' }) : null;
  if (writer) stack.defer(() => writer.close());
  const upstream = new Upstream({ ca: options.upstreamCa, insecure: options.insecure });
  stack.defer(() => upstream.close());
  const masker = new Masker(options.secrets);
  const counts: Counts = { calls: 0, replayed: 0, recorded: 0, passed: 0, unmatched: 0, differing: 0 };
  const tell = options.onEvent ?? (() => {});
  const onTrouble = (sentence: string) => tell({ kind: 'trouble', sentence });
  const realServer = (call: Pick<Call, 'origin'>) => server?.origin ?? call.origin;

  let isOnTape = true;
  const notOnTape = (why: string): void => {
    if (isOnTape) onTrouble(`From here on not all is on the tape: ${why}. Record less at a time.`);
    isOnTape = false;
  };
  const context: Context = {
    counts,
    tape,
    deck: new Deck(tape.exchanges, { headers, repeats, origins: server === null }),
    player: new Player(latency),
    listed: headers.map((name) => name.toLowerCase()),
    unmatched,
    tell,
    clean: (asked) => masker.maskAsked(asked),
    mask: (exchange) => masker.mask(exchange),
    record(exchange) {
      const kept = server === null ? exchange : ofOneServer(exchange, server, /\.har$/i.test(file!));
      try {
        if (writer!.write(masker.mask(kept))) counts.recorded++;
        else notOnTape(`the tape has ${formatBytes(LARGEST_TAPE)} by now, and more could not be read again`);
      } catch (error) {
        notOnTape(`${file} could not be written: ${(error as Error).message}`);
      }
    },
    forward(call, body, onExchange) {
      const origin = realServer(call);
      if (origin === null) {
        refuse(call.response, NOBODY);
        return;
      }
      counts.passed++;
      forward(call, {
        upstream,
        origin,
        cap: onExchange === null ? 0 : cap,
        body,
        onExchange: onExchange ?? (() => {}),
        onTrouble,
      });
    },
  };
  const handle = handlers[mode];
  const authority = options.authority ?? (server?.protocol === 'http:' ? null : await createAuthority());
  const forwards = mode !== 'replay' || unmatched === 'pass';

  const port = await listenForAll({
    ...parseListen(options.listen ?? '127.0.0.1:0'),
    authority,
    defaultHost: server?.hostname ?? 'localhost',
    onTrouble,
    onRequest(request, response) {
      const call = readCall(request, response);
      if (typeof call === 'string') {
        refuse(response, call);
        return;
      }
      counts.calls++;
      Promise.resolve(handle(call, context)).catch((error: Error) => {
        onTrouble(`${call.method} ${call.target} could not be answered: ${error.message}.`);
        if (response.headersSent) response.destroy();
        else refuse(response, error.message, 500);
      });
    },
    takesUpgrade: (protocol) => forwards && /^websocket$/i.test(protocol),
    onUpgrade(request, socket, head) {
      const call = readCall(request, {} as ServerResponse);
      const origin = typeof call === 'string' ? null : realServer(call);
      if (typeof call === 'string' || origin === null) return void socket.destroy();
      tunnelUpgrade({ upstream, origin, onTrouble }, call.target, request, socket, head);
    },
  });
  stack.defer(() => port.close());
  const kept = stack.move();
  const stop = () => kept.disposeAsync();
  return {
    url: `http://${parseListen(options.listen ?? '127.0.0.1:0').host}:${port.port}`,
    port: port.port,
    counts,
    notes: [...tape.notes, ...cutNotes(tape)],
    authority,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** In the text format the tape of one server has it in the Host header; of several, in each request's line. */
function ofOneServer(exchange: Exchange, { host }: URL, isHar: boolean): Exchange {
  const { request } = exchange;
  const headers = request.headers.map(
    ([name, value]) => [name, name.toLowerCase() === 'host' ? host : value] as const,
  );
  return { ...exchange, request: { ...request, headers, origin: isHar ? request.origin : null } };
}

const NOBODY =
  'This is a recording proxy, and the request does not say which server it is for. Set it as the proxy (HTTP_PROXY), or start it with the server that it stands for.';

/** A client would take what is there for the whole answer. */
function cutNotes({ exchanges, placeOf }: Tape): string[] {
  const cut = exchanges.filter(
    ({ answer }) => answer.cutFrom !== null && answer.cutFrom > answer.body.length,
  );
  if (cut.length === 0) return [];
  const places = cut
    .slice(0, MOST_NAMED)
    .map((exchange) => `${exchange.request.target.split('?', 1)[0]} (${placeOf(exchange)})`);
  const rest = cut.length - places.length;
  return [
    `The tape has only the beginning of these answers, and plays that: ${places.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}. Record them with a larger --cap.`,
  ];
}

const MOST_NAMED = 5;

function loadTape({ mode }: StandInOptions, file: string): Tape {
  if (mode === 'off' || mode === 'record') return tapeOf([]);
  if (mode === 'replayOrRecord' && !existsSync(file)) return tapeOf([]);
  return readTape(file);
}

function refuse(response: ServerResponse, sentence: string, status = 400): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' });
  response.end(`${sentence}\n`);
}
