import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import { openFetch } from '../../fixtures/open-fetch.ts';
import {
  frameBytes,
  numbers,
  type RawPeer,
  settingsBytes,
  startRawHttp2Server,
} from '../../fixtures/raw-http2-server.ts';
import { codeOf, type ErrorName } from './error-codes.ts';
import { FLAG, FRAME } from './frame-types.ts';
import { integerBytes } from './hpack/integer.ts';
import { SETTING } from './settings.ts';

const { END_STREAM, END_HEADERS, PADDED, ACK } = FLAG;
const OK = [[':status', '200']] as const;
const long = 'y'.repeat(16_000);

interface Bad {
  /** What the target does with /bad. */
  readonly does: (peer: RawPeer, stream: number) => unknown;
  /** The error that is counted. */
  readonly is: string;
  /** What the server is told: by GOAWAY when the connection is over, by RST_STREAM when the stream alone is. */
  readonly goaway?: ErrorName;
  readonly reset?: ErrorName;
  /** Whether the script has its answer, which has no body, before it turns out to be none. */
  readonly answers?: true;
}

/** Writes without end, at the pace of whoever reads. */
function flood({ socket }: RawPeer, more: Buffer): void {
  const write = () => {
    while (!socket.destroyed && socket.write(more));
  };
  socket.on('drain', write);
  write();
}

const many = (frame: Buffer) => Buffer.concat(Array<Buffer>(500).fill(frame));
/** A literal that is kept: its name is new, and both are as they are. */
const literal = (name: string, value: string) =>
  Buffer.concat([
    Buffer.from([0x40, ...integerBytes(name.length, 7, 0)]),
    Buffer.from(name, 'latin1'),
    Buffer.from(integerBytes(value.length, 7, 0)),
    Buffer.from(value, 'latin1'),
  ]);
const head = (peer: RawPeer, stream: number, ...fields: (readonly [string, string])[]) =>
  peer.head(stream, fields, END_STREAM);

const targets: Record<string, Bad> = {
  'resets the connection': { does: ({ socket }) => socket.resetAndDestroy(), is: 'ECONNRESET' },
  'closes the connection': { does: ({ socket }) => socket.end(), is: 'closed' },
  'closes it in the middle of a frame': {
    does: ({ socket }, stream) => socket.end(frameBytes(FRAME.HEADERS, 4, stream, 'abcdef').subarray(0, 12)),
    is: 'closed',
  },
  'closes it in the middle of the body': {
    does: (peer, stream) => {
      peer.head(stream, [...OK, ['content-length', '10']]);
      peer.frame(FRAME.DATA, 0, stream, 'half');
      peer.socket.end();
    },
    is: 'closed',
  },
  'never answers': { does: () => undefined, is: 'timeout' },
  'never ends its answer': {
    does: (peer, stream) => {
      peer.head(stream, OK);
      peer.frame(FRAME.DATA, 0, stream, 'half');
    },
    is: 'timeout',
  },
  'speaks HTTP/1.1': {
    does: ({ socket }) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
    is: 'parse: frame size',
    goaway: 'FRAME_SIZE_ERROR',
  },
  'resets the stream': {
    does: (peer, stream) => peer.frame(FRAME.RST_STREAM, 0, stream, numbers(codeOf('INTERNAL_ERROR'))),
    is: 'reset: INTERNAL_ERROR',
  },
  'resets the stream with a code that is none': {
    does: (peer, stream) => peer.frame(FRAME.RST_STREAM, 0, stream, numbers(0xff)),
    is: 'reset: 0xff',
  },
  'resets the stream in the middle of the body': {
    does: (peer, stream) => {
      peer.head(stream, OK);
      peer.frame(FRAME.DATA, 0, stream, 'half');
      peer.frame(FRAME.RST_STREAM, 0, stream, numbers(codeOf('CANCEL')));
    },
    is: 'reset: CANCEL',
  },
  'refuses the stream, and again': {
    does: (peer, stream) => peer.frame(FRAME.RST_STREAM, 0, stream, numbers(codeOf('REFUSED_STREAM'))),
    is: 'reset: REFUSED_STREAM',
  },
  'goes away with an error': {
    does: (peer, stream) => peer.goAway(stream, codeOf('ENHANCE_YOUR_CALM')),
    is: 'goaway: ENHANCE_YOUR_CALM',
  },
  'goes away, and again, before it looked at the request': {
    does: (peer) => peer.goAway(0, codeOf('NO_ERROR')),
    is: 'goaway: NO_ERROR',
  },
  'sends a frame of 16 MB': {
    does: ({ socket }) => socket.write(Buffer.from([0xff, 0xff, 0xff, FRAME.DATA, 0, 0, 0, 0, 1])),
    is: 'parse: frame size',
    goaway: 'FRAME_SIZE_ERROR',
  },
  'sends CONTINUATION without end': {
    does: (peer, stream) => {
      peer.frame(FRAME.HEADERS, 0, stream, peer.block(...OK));
      flood(peer, many(frameBytes(FRAME.CONTINUATION, 0, stream, literal('x', 'y'))));
    },
    is: 'parse: CONTINUATION flood',
    goaway: 'ENHANCE_YOUR_CALM',
  },
  'sends empty CONTINUATION without end': {
    does: (peer, stream) => {
      peer.frame(FRAME.HEADERS, 0, stream, peer.block(...OK));
      flood(peer, many(frameBytes(FRAME.CONTINUATION, 0, stream)));
    },
    is: 'parse: CONTINUATION flood',
    goaway: 'ENHANCE_YOUR_CALM',
  },
  'sends PING without end': {
    does: (peer) => flood(peer, many(frameBytes(FRAME.PING, 0, 0, '12345678'))),
    is: 'parse: PING flood',
    goaway: 'ENHANCE_YOUR_CALM',
  },
  'sends SETTINGS without end': {
    does: (peer) => flood(peer, many(frameBytes(FRAME.SETTINGS, 0, 0, settingsBytes([4, 65_535])))),
    is: 'parse: SETTINGS flood',
    goaway: 'ENHANCE_YOUR_CALM',
  },
  'sends empty DATA without end': {
    does: (peer, stream) => {
      peer.head(stream, OK);
      flood(peer, many(frameBytes(FRAME.DATA, 0, stream)));
    },
    is: 'parse: DATA flood',
    goaway: 'ENHANCE_YOUR_CALM',
  },
  'sends frames of a type that nobody knows, without end': {
    does: (peer) => flood(peer, many(frameBytes(0x42, 0, 0))),
    is: 'parse: frames of type 0x42 flood',
    goaway: 'ENHANCE_YOUR_CALM',
  },
  'sends 103 without end': {
    does: (peer, stream) =>
      flood(
        peer,
        many(frameBytes(FRAME.HEADERS, END_HEADERS, stream, Buffer.from([0x08, 3, 0x31, 0x30, 0x33]))),
      ),
    is: 'parse: HEADERS flood',
    goaway: 'ENHANCE_YOUR_CALM',
  },
  'unfolds a few bytes to megabytes of head': {
    does: (peer, stream) =>
      peer.frame(
        FRAME.HEADERS,
        END_HEADERS | END_STREAM,
        stream,
        Buffer.concat([Buffer.from([0x88]), literal('x', 'z'.repeat(3000)), Buffer.alloc(10_000, 0x80 | 62)]),
      ),
    is: 'parse: header too large',
    reset: 'CANCEL',
  },
  'names an index that nothing has': {
    does: (peer, stream) => peer.frame(FRAME.HEADERS, END_HEADERS, stream, Buffer.from([0xff, 0x80, 0x01])),
    is: 'parse: hpack',
    goaway: 'COMPRESSION_ERROR',
  },
  'has Huffman that ends in the middle': {
    does: (peer, stream) =>
      peer.frame(FRAME.HEADERS, END_HEADERS, stream, Buffer.from([0x88, 0x40, 0x01, 0x61, 0x81, 0x18])),
    is: 'parse: hpack',
    goaway: 'COMPRESSION_ERROR',
  },
  'has no status': {
    does: (peer, stream) => head(peer, stream, ['x', 'y']),
    is: 'parse: pseudo-header',
    reset: 'PROTOCOL_ERROR',
  },
  'has two statuses': {
    does: (peer, stream) => head(peer, stream, [':status', '200'], [':status', '200']),
    is: 'parse: pseudo-header',
    reset: 'PROTOCOL_ERROR',
  },
  'has a status that is none': {
    does: (peer, stream) => head(peer, stream, [':status', '2000']),
    is: 'parse: pseudo-header',
    reset: 'PROTOCOL_ERROR',
  },
  'has its status after other fields': {
    does: (peer, stream) => head(peer, stream, ['x', 'y'], [':status', '200']),
    is: 'parse: pseudo-header',
    reset: 'PROTOCOL_ERROR',
  },
  'has a pseudo-header of requests': {
    does: (peer, stream) => head(peer, stream, [':status', '200'], [':path', '/']),
    is: 'parse: pseudo-header',
    reset: 'PROTOCOL_ERROR',
  },
  'has a pseudo-header in trailers': {
    does: (peer, stream) => {
      peer.head(stream, OK);
      peer.frame(FRAME.DATA, 0, stream, 'good');
      head(peer, stream, [':status', '200']);
    },
    is: 'parse: pseudo-header',
    reset: 'PROTOCOL_ERROR',
  },
  'has trailers that do not end the answer': {
    does: (peer, stream) => {
      peer.head(stream, OK);
      peer.head(stream, [['x', 'y']]);
    },
    is: 'parse: frame order',
    reset: 'PROTOCOL_ERROR',
  },
  'has capitals in a name': {
    does: (peer, stream) => head(peer, stream, ...OK, ['X-A', 'b']),
    is: 'parse: header',
    reset: 'PROTOCOL_ERROR',
  },
  'has a blank in a name': {
    does: (peer, stream) => head(peer, stream, ...OK, ['x a', 'b']),
    is: 'parse: header',
    reset: 'PROTOCOL_ERROR',
  },
  'has a name in UTF-8': {
    does: (peer, stream) => head(peer, stream, ...OK, ['x-\xc3\xbc', 'b']),
    is: 'parse: header',
    reset: 'PROTOCOL_ERROR',
  },
  'has a line feed in a value': {
    does: (peer, stream) => head(peer, stream, ...OK, ['x-a', 'b\r\nset-cookie: c=d']),
    is: 'parse: header',
    reset: 'PROTOCOL_ERROR',
  },
  'has a NUL in a value': {
    does: (peer, stream) => head(peer, stream, ...OK, ['x-a', 'b\0']),
    is: 'parse: header',
    reset: 'PROTOCOL_ERROR',
  },
  'has a header of connections': {
    does: (peer, stream) => head(peer, stream, ...OK, ['transfer-encoding', 'chunked']),
    is: 'parse: header',
    reset: 'PROTOCOL_ERROR',
  },
  'answers 101': {
    does: (peer, stream) => peer.head(stream, [[':status', '101']]),
    is: 'parse: upgrade',
    reset: 'PROTOCOL_ERROR',
  },
  'ends with 103': {
    does: (peer, stream) => head(peer, stream, [':status', '103']),
    is: 'parse: frame order',
    reset: 'PROTOCOL_ERROR',
  },
  'sends less than it announced': {
    does: (peer, stream) => {
      peer.head(stream, [...OK, ['content-length', '10']]);
      peer.frame(FRAME.DATA, END_STREAM, stream, 'half');
    },
    is: 'parse: content-length',
    reset: 'PROTOCOL_ERROR',
  },
  'sends more than it announced': {
    does: (peer, stream) => {
      peer.head(stream, [...OK, ['content-length', '2']]);
      peer.frame(FRAME.DATA, END_STREAM, stream, 'good');
    },
    is: 'parse: content-length',
    reset: 'PROTOCOL_ERROR',
  },
  'announces a body, and has none': {
    does: (peer, stream) => head(peer, stream, ...OK, ['content-length', '4']),
    is: 'parse: content-length',
    reset: 'PROTOCOL_ERROR',
  },
  'announces no number': {
    does: (peer, stream) => head(peer, stream, ...OK, ['content-length', 'many']),
    is: 'parse: content-length',
    reset: 'PROTOCOL_ERROR',
  },
  'sends a body with 204': {
    does: (peer, stream) => {
      peer.head(stream, [[':status', '204']]);
      peer.frame(FRAME.DATA, END_STREAM, stream, 'good');
    },
    is: 'parse: content-length',
    reset: 'PROTOCOL_ERROR',
    answers: true,
  },
  'sends a body before its head': {
    does: (peer, stream) => peer.frame(FRAME.DATA, END_STREAM, stream, 'good'),
    is: 'parse: frame order',
    reset: 'PROTOCOL_ERROR',
  },
  'goes on after the end': {
    does: (peer, stream) => {
      peer.socket.write(
        Buffer.concat([
          frameBytes(FRAME.DATA, END_STREAM, stream - 2, 'more'),
          frameBytes(FRAME.HEADERS, END_HEADERS, stream, peer.block(...OK)),
        ]),
      );
    },
    is: 'parse: stream id',
    goaway: 'STREAM_CLOSED',
  },
  'answers on a stream that nobody opened': {
    does: (peer) => peer.head(99, OK),
    is: 'parse: stream id',
    goaway: 'PROTOCOL_ERROR',
  },
  'answers on a stream of its own': {
    does: (peer) => peer.head(2, OK),
    is: 'parse: stream id',
    goaway: 'PROTOCOL_ERROR',
  },
  'answers on stream 0': {
    does: (peer) => peer.frame(FRAME.DATA, 0, 0, 'good'),
    is: 'parse: stream id',
    goaway: 'PROTOCOL_ERROR',
  },
  pushes: {
    does: (peer, stream) => peer.frame(FRAME.PUSH_PROMISE, END_HEADERS, stream, numbers(2)),
    is: 'parse: push',
    goaway: 'PROTOCOL_ERROR',
  },
  'allows push': {
    does: (peer) => peer.settings([SETTING.ENABLE_PUSH, 1]),
    is: 'parse: settings',
    goaway: 'PROTOCOL_ERROR',
  },
  'has a window that is none': {
    does: (peer) => peer.settings([SETTING.INITIAL_WINDOW_SIZE, 2 ** 31]),
    is: 'parse: settings',
    goaway: 'FLOW_CONTROL_ERROR',
  },
  'has a frame size that is none': {
    does: (peer) => peer.settings([SETTING.MAX_FRAME_SIZE, 100]),
    is: 'parse: settings',
    goaway: 'PROTOCOL_ERROR',
  },
  'has half a setting': {
    does: (peer) => peer.frame(FRAME.SETTINGS, 0, 0, 'abc'),
    is: 'parse: frame size',
    goaway: 'FRAME_SIZE_ERROR',
  },
  'says something in its ACK': {
    does: (peer) => peer.frame(FRAME.SETTINGS, ACK, 0, 'abcdef'),
    is: 'parse: frame size',
    goaway: 'FRAME_SIZE_ERROR',
  },
  'has settings of a stream': {
    does: (peer, stream) => peer.frame(FRAME.SETTINGS, 0, stream),
    is: 'parse: stream id',
    goaway: 'PROTOCOL_ERROR',
  },
  'pings with too little': {
    does: (peer) => peer.frame(FRAME.PING, 0, 0, 'abc'),
    is: 'parse: frame size',
    goaway: 'FRAME_SIZE_ERROR',
  },
  'makes a window larger by nothing': {
    does: (peer, stream) => peer.frame(FRAME.WINDOW_UPDATE, 0, stream, numbers(0)),
    is: 'parse: window',
    reset: 'PROTOCOL_ERROR',
  },
  'makes the window of all larger by nothing': {
    does: (peer) => peer.frame(FRAME.WINDOW_UPDATE, 0, 0, numbers(0)),
    is: 'parse: window',
    goaway: 'PROTOCOL_ERROR',
  },
  'makes a window larger than there is': {
    does: (peer, stream) => peer.frame(FRAME.WINDOW_UPDATE, 0, stream, numbers(2 ** 31 - 1)),
    is: 'parse: window',
    reset: 'FLOW_CONTROL_ERROR',
  },
  'makes the window of all larger than there is': {
    does: (peer) => peer.frame(FRAME.WINDOW_UPDATE, 0, 0, numbers(2 ** 31 - 1)),
    is: 'parse: window',
    goaway: 'FLOW_CONTROL_ERROR',
  },
  'has a reset of stream 0': {
    does: (peer) => peer.frame(FRAME.RST_STREAM, 0, 0, numbers(0)),
    is: 'parse: stream id',
    goaway: 'PROTOCOL_ERROR',
  },
  'has a reset that is too short': {
    does: (peer, stream) => peer.frame(FRAME.RST_STREAM, 0, stream, 'a'),
    is: 'parse: frame size',
    goaway: 'FRAME_SIZE_ERROR',
  },
  'goes away on a stream': {
    does: (peer, stream) => peer.frame(FRAME.GOAWAY, 0, stream, numbers(0, 0)),
    is: 'parse: stream id',
    goaway: 'PROTOCOL_ERROR',
  },
  'has PRIORITY of stream 0': {
    does: (peer) => peer.frame(FRAME.PRIORITY, 0, 0, 'abcde'),
    is: 'parse: stream id',
    goaway: 'PROTOCOL_ERROR',
  },
  'continues what it has not begun': {
    does: (peer, stream) => peer.frame(FRAME.CONTINUATION, END_HEADERS, stream, peer.block(...OK)),
    is: 'parse: frame order',
    goaway: 'PROTOCOL_ERROR',
  },
  'interrupts its head': {
    does: (peer, stream) => {
      peer.frame(FRAME.HEADERS, 0, stream, peer.block(...OK));
      peer.frame(FRAME.PING, 0, 0, '12345678');
    },
    is: 'parse: frame order',
    goaway: 'PROTOCOL_ERROR',
  },
  'pads more than there is': {
    does: (peer, stream) => {
      peer.head(stream, OK);
      peer.frame(FRAME.DATA, PADDED, stream, '\xffabc');
    },
    is: 'parse: padding',
    goaway: 'PROTOCOL_ERROR',
  },
  'pads a head more than there is': {
    does: (peer, stream) => peer.frame(FRAME.HEADERS, PADDED | END_HEADERS, stream, '\x09abc'),
    is: 'parse: padding',
    goaway: 'PROTOCOL_ERROR',
  },
};

describe('a target of HTTP/2 that', () => {
  for (const [name, { does, is, goaway, reset, answers = false }] of Object.entries(targets)) {
    it(`${name} is counted as ${is}, and nothing of it shows in the next answer`, async () => {
      await using server = await startRawHttp2Server((peer, stream, path) =>
        path === '/bad' ? does(peer, stream) : peer.good(stream),
      );
      using user = openFetch({
        target: server.url,
        http: 'h2c',
        requestTimeoutMs: is === 'timeout' ? 300 : 30_000,
      });
      const { fetch } = user;
      for (let n = 0; n < 2; n += 1) {
        assert.equal(await (await fetch('/good')).text(), 'good');
        await fetch('/bad')
          .then((response) => response.text())
          .then(
            () => assert.ok(answers, 'answered'),
            (error: unknown) => assert.ok(error instanceof TypeError, String(error)),
          );
      }
      assert.equal(await (await fetch('/good')).text(), 'good');
      assert.deepEqual(user.outcomes(), [200, is, 200, is, 200]);
      const told = (type: number, code: ErrorName, at: number) =>
        server.peers.some(({ seen }) =>
          seen.some((frame) => frame.type === type && frame.payload.readUInt32BE(at) === codeOf(code)),
        );
      if (goaway) await waitUntil('the server to be told', () => told(FRAME.GOAWAY, goaway, 4));
      if (reset) await waitUntil('the server to be told', () => told(FRAME.RST_STREAM, reset, 0));
      if (reset) assert.equal(server.peers.length, 1, 'the connection goes on');
      if (goaway) assert.equal(server.peers.length, 3, 'each time another connection');
    });
  }

  it('sends more than the window is counted as parse: window, where nobody reads', async () => {
    await using server = await startRawHttp2Server((peer, stream) => {
      peer.head(stream, OK);
      for (let n = 0; n < 40; n += 1) peer.frame(FRAME.DATA, 0, stream, long);
    });
    using user = openFetch({ target: server.url, http: 'h2c' });
    const { body } = await user.fetch('/');
    await waitUntil('it to be counted', () => user.exchanges.length === 1);
    assert.deepEqual(user.outcomes(), ['parse: window']);
    await assert.rejects(new Response(body).text(), TypeError);
  });

  it('goes away at once, and takes no stream, is not asked again and again', async () => {
    await using server = await startRawHttp2Server(
      () => undefined,
      (peer) => {
        peer.settings([SETTING.MAX_CONCURRENT_STREAMS, 1]);
        peer.goAway(0, codeOf('NO_ERROR'));
      },
    );
    using user = openFetch({ target: server.url, http: 'h2c' });
    await Promise.allSettled(Array.from({ length: 300 }, () => user.fetch('/')));
    assert.deepEqual(user.outcomes(), Array(300).fill('goaway: NO_ERROR'));
    assert.ok(server.peers.length < 10, `${server.peers.length}`);
  });

  it('does not begin with SETTINGS is counted as parse: preface', async () => {
    await using server = await startRawHttp2Server(
      () => undefined,
      (peer) => peer.frame(FRAME.PING, 0, 0, '12345678'),
    );
    using user = openFetch({ target: server.url, http: 'h2c' });
    await assert.rejects(user.fetch('/'), TypeError);
    assert.deepEqual(user.outcomes(), ['parse: preface']);
  });
});
