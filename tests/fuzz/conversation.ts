import assert from 'node:assert/strict';
import type { Exchange } from '../../packages/chaos/src/contracts.ts';
import { partsOf, readCaptures } from '../../packages/chaos/src/fixtures/captures/read-captures.ts';
import { findProtocol } from '../../packages/chaos/src/protocols/index.ts';
import type { Transport } from '../../packages/chaos/src/proxy/conversation.ts';
import type { Link } from '../../packages/chaos/src/proxy/link.ts';
import { Messages } from '../../packages/chaos/src/proxy/messages.ts';
import { byteByByte, inParts } from './cut.ts';
import type { Target } from './target.ts';

/** What stands before what the client says, and the server; an input may change hands as often as it likes. */
const [CLIENT, SERVER] = ['<C>', '<S>'];

interface Said {
  readonly isRequest: boolean;
  readonly bytes: Buffer;
}

/**
 * A connection as the proxy follows it. Nothing throws, whatever is said. Where nothing is to happen, every byte goes on as
 * it came, and the same requests are found however the bytes are cut.
 */
export function conversations(name: string, dictionary: readonly string[] = []): Target {
  return {
    name,
    run(bytes) {
      const said = saidIn(bytes);
      const whole = follow(name, said);
      for (const cut of [inParts, byteByByte]) {
        const parts = said.flatMap(({ isRequest, bytes }) =>
          cut(bytes).map((part) => ({ isRequest, bytes: part })),
        );
        assert.deepEqual(follow(name, parts), whole, `${cut.name} are other messages than the whole`);
      }
      for (const nth of [1, 2]) follow(name, said, (number) => number % nth === 0);
    },
    seeds: () =>
      (readCaptures().get(name) ?? []).map((capture) =>
        Buffer.concat(
          partsOf(capture).flatMap(({ isRequest, bytes }) => [
            Buffer.from(isRequest ? CLIENT : SERVER),
            bytes,
          ]),
        ),
      ),
    most: 2000,
    dictionary: [CLIENT, SERVER, ...dictionary],
  };
}

function saidIn(bytes: Buffer): Said[] {
  const text = bytes.toString('latin1');
  return text.split(/(?=<[CS]>)/).map((part) => {
    const isMarked = part.startsWith(CLIENT) || part.startsWith(SERVER);
    return {
      isRequest: !part.startsWith(SERVER),
      bytes: Buffer.from(isMarked ? part.slice(3) : part, 'latin1'),
    };
  });
}

/**
 * Has a conversation of the proxy follow what was said.
 * @param breaks whether a request, by its number, gets an error in the place of its answer
 * @returns the requests that were found, and whether they were no longer told apart at the end
 */
function follow(
  protocol: string,
  said: readonly Said[],
  breaks: (number: number) => boolean = never,
): unknown {
  const dialogue = findProtocol(protocol).open!();
  const found: unknown[] = [];
  const [up, down]: [Buffer[], Buffer[]] = [[], []];
  let lost: string | null = null;
  const connection = {
    isClosed: false as boolean,
    asksRequests: true,
    standstill: 600_000,
    up: linkTo(up),
    down: linkTo(down),
    decide(exchange: Exchange) {
      found.push([exchange.command, exchange.path]);
      if (breaks(exchange.number)) exchange.fate = { kind: 'answer', ...dialogue.error(exchange, wish, 0.3) };
    },
    answer(_: Exchange, bytes: Buffer, close: boolean) {
      down.push(bytes);
      connection.isClosed ||= close;
    },
    note() {},
    degrade(why: string) {
      lost = why;
    },
    close() {
      connection.isClosed = true;
    },
  } satisfies Transport;
  const messages = new Messages(connection, dialogue);
  try {
    for (const { isRequest, bytes } of said) {
      if (connection.isClosed) break;
      const copy = Buffer.from(bytes);
      if (lost !== null) (isRequest ? up : down).push(bytes);
      else if (isRequest) messages.fromClient(copy);
      else messages.fromBackend(copy);
      copy.fill(0xff); // as a buffer that is read into again
    }
    messages.clientEnded();
  } finally {
    messages.ended();
  }
  if (breaks === never) {
    for (const [bytes, isRequest] of [
      [up, true],
      [down, false],
    ] as const) {
      const all = Buffer.concat(
        said.filter((each) => each.isRequest === isRequest).map((each) => each.bytes),
      );
      assert.ok(
        Buffer.concat(bytes).equals(all),
        `what the ${isRequest ? 'client' : 'server'} said has changed`,
      );
    }
  }
  return { found, isLost: lost !== null };
}

function never(): boolean {
  return false;
}

const wish = { status: 0, message: '' };

function linkTo(bytes: Buffer[]): Link {
  const send = (chunk: Buffer) => void bytes.push(Buffer.from(chunk));
  return { cuts: false, isIdle: true, swap() {}, send } as unknown as Link;
}
