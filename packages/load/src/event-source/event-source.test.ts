import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { EventSource as NodeEventSource } from 'undici';
import { openFetch } from '../fixtures/open-fetch.ts';
import { EventParser, LONGEST_EVENT } from './event-parser.ts';

function parse(text: string, size = text.length || 1): string[] {
  const parser = new EventParser();
  const bytes = Buffer.from(text);
  const told: string[] = [];
  for (let at = 0; at < bytes.length; at += size)
    for (const { type, data, lastEventId } of parser.read(bytes.subarray(at, at + size)))
      told.push(`${type}|${data}|${lastEventId}`);
  if (parser.retryMs !== null) told.push(`retry ${parser.retryMs}`);
  return told;
}

/** The examples of the HTML standard (9.2.6), and what it says beside them. */
const streams: Record<string, [string, string[]]> = {
  'the standard’s stocks': ['data: YHOO\ndata: +2\ndata: 10\n\n', ['message|YHOO\n+2\n10|']],
  'a comment, ids, an id that is reset': [
    ': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n',
    ['message|first event|1', 'message|second event|', 'message| third event|'],
  ],
  'empty data, and none at the end': ['data\n\ndata\ndata\n\ndata:', ['message||', 'message|\n|']],
  'a blank or none': ['data:test\n\ndata: test\n\n', ['message|test|', 'message|test|']],
  'types, which last for one event': ['event: add\ndata: 7\n\ndata: 8\n\n', ['add|7|', 'message|8|']],
  'a type without data is no event': ['event: add\n\ndata: 8\n\n', ['message|8|']],
  'every end of a line': [
    'data: a\r\n\r\ndata: b\r\rdata: c\n\n',
    ['message|a|', 'message|b|', 'message|c|'],
  ],
  'a byte order mark': ['\ufeffdata: a\n\n', ['message|a|']],
  'but one': ['\ufeff\ufeffdata: a\n\ndata: b\n\n', ['message|b|']],
  'fields that are none': ['foo: bar\ndata : x\ndata: y\n\n', ['message|y|']],
  retry: ['retry: 10\nretry: x\nretry: 1.5\n\n', ['retry 10']],
  'an id with NUL is ignored': ['id: a\nid: b\0\ndata: x\n\n', ['message|x|a']],
  'an id lasts': ['id: 1\ndata: a\n\ndata: b\n\n', ['message|a|1', 'message|b|1']],
};

describe('a stream of events is read as the standard says:', () => {
  for (const [name, [text, told]] of Object.entries(streams)) {
    it(name, () => {
      assert.deepEqual(parse(text), told);
      assert.deepEqual(parse(text, 1), told, 'byte by byte');
    });
  }

  it('however it is cut', () => {
    const text = 'id: 1\r\nevent: größe\r\ndata: ü€😀\r\n\r\ndata: b\r\rdata: c\n\n';
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), (n) => assert.deepEqual(parse(text, n), parse(text))),
    );
  });

  it('but not without an end', () => {
    const parser = new EventParser();
    const part = Buffer.alloc(1024 * 1024, 'x');
    assert.throws(() => {
      for (let n = 0; n <= LONGEST_EVENT / part.length; n += 1) parser.read(part);
    }, RangeError);
  });
});

type Source = typeof EventSource;
type Answer = (request: IncomingMessage, response: ServerResponse, n: number) => unknown;
const head = { 'content-type': 'text/event-stream' };

/** By path; `n` counts the requests of a path. */
const answers: Record<string, Answer> = {
  events: (_request, response) => {
    response.writeHead(200, head).write('retry: 5\nid: 7\ndata: one\n\nevent: add\ndata: two\n\n');
  },
  again: ({ headers }, response, n) => {
    response
      .writeHead(200, head)
      .end(`retry: 5\nid: ${n}\ndata: after ${headers['last-event-id'] ?? 'nothing'}\n\n`);
  },
  missing: (_request, response) => response.writeHead(404, head).end(),
  page: (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('data: x\n\n'),
  over: (_request, response) => response.writeHead(204).end(),
  moved: (_request, response) => response.writeHead(302, { location: '/events' }).end(),
  endless: (_request, response) => {
    response.writeHead(200, head).write('data: ');
    const part = Buffer.alloc(1024 * 1024, 'x');
    const more = (n: number): unknown => n > 0 && response.write(part, () => more(n - 1));
    more(20);
  },
  reset: (_request, response, n) => {
    if (n === 1)
      response.writeHead(200, head).write('retry: 5\n\n', () => response.socket?.resetAndDestroy());
    else response.writeHead(200, head).write('data: back\n\n');
  },
  cookie: ({ headers }, response) => response.writeHead(200, head).write(`data: ${headers.cookie}\n\n`),
  parts: async (_request, response) => {
    response.writeHead(200, head);
    for (let n = 0; n < 5; n += 1) {
      response.write(`data: token ${n}\n\n`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    response.end();
  },
};

describe('EventSource', () => {
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    const name = request.url!.slice(1).replace(/\?.*/, '');
    const key = request.url!;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    answers[name]!(request, response, counts.get(key)!);
  });
  let url = '';
  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  const seen = async (
    Source: Source,
    path: string,
    count: number,
    types = ['open', 'message', 'add', 'error'],
  ) => {
    const source = new Source(`${url}/${path}`);
    const told: unknown[] = [[source.readyState, source.url, source.withCredentials]];
    await new Promise<void>((resolve) => {
      for (const type of types)
        source.addEventListener(type, (event) => {
          const { data, lastEventId, origin } = event as MessageEvent;
          told.push(
            type === 'error' || type === 'open'
              ? [type, source.readyState]
              : [type, data, lastEventId, origin],
          );
          if (told.length > count) resolve();
        });
    });
    source.close();
    return [...told, source.readyState];
  };

  /** Node's own decides what has to come of it. */
  const cases: Record<string, [path: string, count: number]> = {
    'its events': ['events', 3],
    'opened again, from where it was': ['again', 8],
    'an answer that is missing': ['missing', 1],
    'a page': ['page', 1],
    'no content': ['over', 1],
  };
  for (const [name, [path, count]] of Object.entries(cases)) {
    it(`does as Node’s own: ${name}`, async () => {
      using user = openFetch();
      const ours = await seen(user.EventSource, path, count);
      counts.clear();
      const nodes = await seen(NodeEventSource as unknown as Source, path, count);
      counts.clear();
      assert.deepEqual(ours, nodes);
      assert.equal(user.client.streams, 0);
      assert.equal(user.client.inFlight.size, 0);
    });
  }

  it('is measured: the request by its head, then its events', async () => {
    using user = openFetch({ target: url });
    user.agent.keepCookies(['a=b; Path=/'], { hostname: '127.0.0.1', pathname: '/', secure: false });
    const source = new user.EventSource('/again');
    let left = 3;
    await new Promise<void>((resolve) => {
      source.onmessage = () => {
        left -= 1;
        if (left === 0) resolve();
      };
    });
    source.close();
    const names = user.measured.map(([name]) => name);
    const life = ['connecting', 'first event', 'received', 'open', 'reconnects'];
    assert.deepEqual(names, [...life, ...life, ...life.slice(0, 4)]);
    assert.deepEqual(user.outcomes(), [200, 200, 200]);
    assert.deepEqual(user.troubles, Array(2).fill('sse broke off: the stream has ended'));
    const cookies = new user.EventSource('/cookie');
    const [{ data }] = (await once(cookies, 'message')) as [MessageEvent];
    assert.equal(data, 'a=b');
    user.agent.close({ code: 'aborted', message: 'the user has left' });
    assert.equal(cookies.readyState, 2);
  });

  it('follows redirects, and is opened again when it was reset', async () => {
    using user = openFetch();
    const moved = new user.EventSource(`${url}/moved`);
    const [{ data }] = (await once(moved, 'message')) as [MessageEvent];
    assert.equal(data, 'one');
    moved.close();
    const reset = new user.EventSource(`${url}/reset`);
    const [back] = (await once(reset, 'message')) as [MessageEvent];
    assert.equal(back.data, 'back');
    assert.match(user.troubles[0]!, /^sse broke off: /);
    reset.close();
  });

  it('does not keep an event without an end', async () => {
    using user = openFetch();
    const source = new user.EventSource(`${url}/endless`);
    await new Promise((resolve) => {
      source.onerror = resolve;
    });
    assert.equal(source.readyState, 2);
    assert.deepEqual(user.troubles, ['sse refused: an event is longer than 16 MB']);
  });

  it('answers that are streams are measured, by whichever way they are read', async () => {
    using user = openFetch();
    await (await user.fetch(`${url}/parts`)).text();
    assert.deepEqual(
      user.measured.map(([name]) => name),
      ['first byte', 'first piece', 'pieces per second', 'errors', 'end'],
    );
    const of = new Map(user.measured);
    assert.ok(of.get('first byte')! <= of.get('first piece')!);
    assert.ok(of.get('first piece')! < of.get('end')!);
    user.measured.length = 0;
    const response = await user.fetch(`${url}/page`);
    for await (const _part of response.body!);
    assert.deepEqual(
      user.measured.map(([name]) => name),
      ['first byte', 'first piece', 'errors', 'end'],
    );
    user.measured.length = 0;
    await (await user.fetch(`${url}/page`)).text();
    assert.deepEqual(user.measured, []);
  });

  it('goes over HTTP/2 as over HTTP/1.1: streams beside requests on one connection, opened again where it broke off', async () => {
    const server = createHttp2Server();
    let sessions = 0;
    server.on('session', () => {
      sessions += 1;
    });
    const lastIds: unknown[] = [];
    server.on('stream', (stream, headers) => {
      stream.on('error', () => undefined);
      if (headers[':path'] !== '/news') {
        stream.respond({ ':status': 200 });
        stream.end('ok');
        return;
      }
      lastIds.push(headers['last-event-id']);
      stream.respond({ ':status': 200, 'content-type': 'text/event-stream' });
      stream.write(`retry: 5\nid: ${lastIds.length}\ndata: ${lastIds.length}\n\n`);
      if (lastIds.length === 1) stream.end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    using user = openFetch({
      http: 'h2c',
      target: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    });
    const sources = [new user.EventSource('/news'), new user.EventSource('/news')];
    const seen: string[] = [];
    await new Promise<void>((resolve) => {
      for (const source of sources)
        source.onmessage = ({ data }) => {
          seen.push(data);
          if (seen.length === 3) resolve();
        };
    });
    // Requests go beside streams that have no end.
    const answers = await Promise.all(Array.from({ length: 8 }, async () => (await user.fetch('/')).text()));
    assert.deepEqual(answers, Array(8).fill('ok'));
    for (const source of sources) source.close();
    server.close();
    assert.deepEqual(seen.toSorted(), ['1', '2', '3']);
    assert.deepEqual(lastIds, [undefined, undefined, '1']);
    assert.equal(sessions, 1);
    assert.deepEqual(user.troubles, ['sse broke off: the stream has ended']);
    assert.equal(user.measured.filter(([name]) => name === 'first event').length, 3);
  });
});
