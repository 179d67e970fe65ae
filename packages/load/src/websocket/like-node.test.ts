import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { WebSocketServer } from 'ws';
import { type OpenFetch, openFetch } from '../fixtures/open-fetch.ts';
import { selfSigned } from '../fixtures/self-signed.ts';

type Socket = typeof WebSocket;
type Call = (Socket: Socket, url: string) => unknown;

const nodeSocket = globalThis.WebSocket;

const opened = async (socket: WebSocket): Promise<WebSocket> => {
  await once(socket, 'open');
  return socket;
};
const next = async (socket: WebSocket): Promise<unknown> =>
  ((await once(socket, 'message')) as [MessageEvent])[0].data;
const ended = async (socket: WebSocket): Promise<unknown> => {
  const [{ code, reason, wasClean, type }] = (await once(socket, 'close')) as [CloseEvent];
  return { code, reason, wasClean, type, state: socket.readyState };
};
/** What comes back of what was sent, as a text. */
const echoed =
  (data: Parameters<WebSocket['send']>[0], binaryType: WebSocket['binaryType'] = 'arraybuffer'): Call =>
  async (Socket, url) => {
    const socket = await opened(new Socket(`${url}/echo`));
    socket.binaryType = binaryType;
    socket.send(data);
    const answer = await next(socket);
    socket.close();
    await ended(socket);
    if (typeof answer === 'string') return answer;
    const bytes = answer instanceof Blob ? await answer.arrayBuffer() : (answer as ArrayBuffer);
    return { kind: answer instanceof Blob ? 'blob' : 'buffer', hex: Buffer.from(bytes).toString('hex') };
  };

/** Node's own decides what has to come of it: the same value, or an error of the same name. */
const cases: Record<string, Call> = {
  'no URL': (Socket) => new (Socket as unknown as new () => WebSocket)(),
  'a URL that is none': (Socket) => new Socket('http://['),
  'a URL of another scheme': (Socket) => new Socket('ftp://127.0.0.1/'),
  'a URL with a fragment': (Socket, url) => new Socket(`${url}/#a`),
  'a protocol that is no token': (Socket, url) => new Socket(url, 'a b'),
  'a protocol twice': (Socket, url) => new Socket(url, ['a', 'a']),
  constants: (Socket) => [Socket.CONNECTING, Socket.OPEN, Socket.CLOSING, Socket.CLOSED, Socket.name],
  'what is there at first': async (Socket, url) => {
    const socket = new Socket(url.replace('ws:', 'http:'));
    const { readyState, bufferedAmount, protocol, extensions, binaryType, onopen, onmessage } = socket;
    const seen = {
      url: socket.url === `${url}/`,
      readyState,
      bufferedAmount,
      protocol,
      extensions,
      binaryType,
    };
    await opened(socket);
    socket.close();
    await ended(socket);
    return { ...seen, onopen, onmessage };
  },
  'sent too early': async (Socket, url) => {
    const socket = new Socket(url);
    try {
      socket.send('x');
    } finally {
      await opened(socket);
      socket.close();
    }
  },
  'a code that is not for applications': async (Socket, url) => {
    const socket = await opened(new Socket(url));
    try {
      socket.close(1001);
    } finally {
      socket.close();
      await ended(socket);
    }
  },
  'a reason that is too long': async (Socket, url) => {
    const socket = await opened(new Socket(url));
    try {
      socket.close(1000, 'ü'.repeat(62));
    } finally {
      socket.close();
      await ended(socket);
    }
  },
  'a text': echoed('Grüße, 世界'),
  'an empty text': echoed(''),
  'half a character': echoed('a\ud800b'),
  'a long text': echoed('äx'.repeat(100_000)),
  'a number': echoed(17 as unknown as string),
  'a buffer': echoed(new Uint8Array([1, 2, 3]).buffer),
  'a view': echoed(new Uint16Array([1, 2, 3, 4]).subarray(1, 3)),
  'no bytes': echoed(new Uint8Array(0)),
  'a blob': echoed(new Blob(['blob'])),
  'bytes as a blob': echoed(new Uint8Array([7, 8]), 'blob'),
  'a blob before a text': async (Socket, url) => {
    const socket = await opened(new Socket(`${url}/echo`));
    socket.binaryType = 'arraybuffer';
    socket.send(new Blob(['first']));
    socket.send('second');
    const [first, second] = [await next(socket), await next(socket)];
    socket.close();
    return [Buffer.from(first as ArrayBuffer).toString(), second];
  },
  'closed without a code': async (Socket, url) => {
    const socket = await opened(new Socket(url));
    socket.close();
    return ended(socket);
  },
  'closed with a code': async (Socket, url) => {
    const socket = await opened(new Socket(url));
    socket.close(4321, 'because');
    return ended(socket);
  },
  'closed before it is open': async (Socket, url) => {
    const socket = new Socket(url);
    const types: string[] = [];
    const isOver = new Promise<void>((resolve) => {
      socket.onerror = ({ type }) => types.push(type);
      socket.onclose = ({ code, wasClean }) => {
        types.push(`${code} ${wasClean}`);
        resolve();
      };
    });
    socket.close();
    await isOver;
    return types;
  },
  'closed by the server': async (Socket, url) => ended(new Socket(`${url}/close?code=4000&reason=enough`)),
  'closed by the server without a code': async (Socket, url) => ended(new Socket(`${url}/close`)),
  lost: async (Socket, url) => ended(new Socket(`${url}/terminate`)),
  refused: async (Socket, url) => ended(new Socket(`${url}/refuse`)),
  'nobody there': async (Socket) => ended(new Socket('ws://127.0.0.1:1/')),
  'a subprotocol': async (Socket, url) => {
    const socket = await opened(new Socket(url, ['chat.v2', 'chat.v1']));
    socket.close();
    await ended(socket);
    return [socket.protocol, socket.extensions];
  },
  'headers of its own': async (Socket, url) => {
    const options = { protocols: 'chat.v1', headers: { 'x-own': 'mine' } };
    const socket = await opened(new Socket(`${url}/header`, options as unknown as string));
    const own = await next(socket);
    socket.close();
    return [own, socket.protocol];
  },
  handlers: async (Socket, url) => {
    const socket = new Socket(`${url}/echo`);
    const seen: unknown[] = [];
    socket.onopen = function open(this: WebSocket, event) {
      seen.push(event.type, this === socket, event.target === socket);
      socket.send('one');
    };
    socket.onmessage = (event) => {
      seen.push(event instanceof MessageEvent, event.data, event.origin === url, event.lastEventId);
      socket.onmessage = ({ data }) => {
        seen.push(data);
        socket.close(1000);
      };
      socket.send('two');
    };
    socket.onclose = (event) => seen.push(event instanceof CloseEvent);
    await once(socket, 'close');
    return seen;
  },
  'a binary type that is none': async (Socket, url) => {
    const socket = await opened(new Socket(url));
    socket.binaryType = 'arraybuffer';
    socket.close();
    await ended(socket);
    return socket.binaryType;
  },
  'many messages': async (Socket, url) => {
    const socket = await opened(new Socket(`${url}/echo`));
    const all = new Promise<number[]>((resolve) => {
      const sizes: number[] = [];
      socket.onmessage = ({ data }) => {
        sizes.push(data.length);
        if (sizes.length === 300) resolve(sizes);
      };
    });
    for (let n = 0; n < 300; n += 1) socket.send('m'.repeat(n * 7));
    const sizes = await all;
    socket.close();
    return sizes;
  },
};

async function outcome(call: () => unknown): Promise<unknown> {
  try {
    return { value: await call() };
  } catch (error) {
    return { error: (error as Error).name };
  }
}

describe('WebSocket does as Node’s own:', () => {
  const server = createServer((_request, response) => response.writeHead(404).end());
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: { threshold: 1000 },
    handleProtocols: (offered) => (offered.has('chat.v1') ? 'chat.v1' : false),
  });
  let url = '';
  let user: OpenFetch;
  before(async () => {
    server.on('upgrade', (request, socket, head) => {
      if (request.url === '/refuse') {
        socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
        return;
      }
      sockets.handleUpgrade(request, socket, head, (accepted) => {
        const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
        if (pathname === '/terminate') accepted.terminate();
        if (pathname === '/close')
          accepted.close(
            Number(searchParams.get('code')) || undefined,
            searchParams.get('reason') ?? undefined,
          );
        if (pathname === '/header') accepted.send(String(request.headers['x-own']));
        if (pathname === '/cookie') accepted.send(String(request.headers.cookie));
        if (pathname === '/echo')
          accepted.on('message', (data, isBinary) => accepted.send(data, { binary: isBinary }));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    user = openFetch({ target: url.replace('ws', 'http') });
  });
  after(async () => {
    user[Symbol.dispose]();
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  for (const [name, call] of Object.entries(cases)) {
    it(name, async () => {
      const [ours, nodes] = [
        await outcome(() => call(user.WebSocket, url)),
        await outcome(() => call(nodeSocket, url)),
      ];
      assert.deepEqual(ours, nodes);
    });
  }

  it('and beyond it: a relative address, cookies of the jar, its end with the user', async () => {
    user.agent.keepCookies(['session=abc; Path=/'], { hostname: '127.0.0.1', pathname: '/', secure: false });
    const socket = new user.WebSocket('/cookie');
    assert.equal(await next(socket), 'session=abc');
    using other = openFetch();
    const left = await opened(new other.WebSocket(`${url}/echo`));
    other.agent.close({ code: 'aborted', message: 'the user has left' });
    const [{ code, wasClean }] = (await once(left, 'close')) as [CloseEvent];
    assert.deepEqual([code, wasClean], [1001, true]);
    assert.deepEqual(other.measured.at(-1), ['closed 1001 by the client', 1]);
  });

  it('also over TLS', async () => {
    const { key, cert } = await selfSigned('IP:127.0.0.1');
    const secure = createTlsServer({ key, cert });
    new WebSocketServer({ server: secure }).on('connection', (socket) => socket.send('secure'));
    secure.listen(0, '127.0.0.1');
    await once(secure, 'listening');
    const address = `wss://127.0.0.1:${(secure.address() as AddressInfo).port}/`;
    using trusting = openFetch({ tls: { rejectUnauthorized: true, ca: cert } });
    const socket = new trusting.WebSocket(address);
    assert.equal(await next(socket), 'secure');
    socket.close();
    await ended(socket);
    await ended(new user.WebSocket(address));
    assert.match(String(user.outcomes().at(-1)), /SELF_SIGNED|UNABLE_TO_VERIFY/);
    assert.ok(trusting.exchanges[0]!.tls > 0);
    secure.closeAllConnections();
    secure.close();
  });
});
