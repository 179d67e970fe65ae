import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { type AnsweringServer, startAnsweringServer } from '../fixtures/answering-server.ts';
import { type OpenFetch, openFetch } from '../fixtures/open-fetch.ts';

type Fetch = typeof fetch;
type Call = (fetch: Fetch, url: string) => unknown;

const nodeFetch = globalThis.fetch;

/** All that a script can see of a response but its body. */
const seen = ({ status, statusText, ok, redirected, type, url, bodyUsed }: Response) => ({
  status,
  statusText,
  ok,
  redirected,
  type,
  url,
  bodyUsed,
});

const withText = async (response: Response) => ({ ...seen(response), body: await response.text() });
const echoed = (init: RequestInit): Call => {
  return async (fetch, url) => (await fetch(`${url}/echo?q=1#h`, init)).json();
};
async function* parts() {
  yield new TextEncoder().encode('first, ');
  await sleep(1);
  yield new TextEncoder().encode('second');
}
const stream = () => ReadableStream.from(parts()) as NonNullable<RequestInit['body']>;
const form = () => {
  const data = new FormData();
  data.append('name', 'Marcel – ü');
  data.append('file', new Blob(['content'], { type: 'text/plain' }), 'a.txt');
  return data;
};
const read = async (body: ReadableStream<Uint8Array>) => {
  const bytes: Uint8Array[] = [];
  for await (const part of body) bytes.push(part);
  return Buffer.concat(bytes).toString('utf8');
};

/** What is done with fetch; Node's own decides what has to come of it: the same value, or an error of the same kind. */
const cases: Record<string, Call> = {
  'a status': async (fetch, url) => withText(await fetch(`${url}/status?is=404&says=Nope`)),
  'a status without a body': async (fetch, url) => {
    const response = await fetch(`${url}/status?is=204`);
    return { ...(await withText(response)), body: response.body };
  },
  'a URL object': async (fetch, url) => withText(await fetch(new URL('/text', url))),
  'a Request': async (fetch, url) =>
    (await fetch(new Request(`${url}/echo`, { method: 'put', body: 'x', headers: { 'x-a': 'b' } }))).json(),
  'a Request with other words': async (fetch, url) =>
    (
      await fetch(new Request(`${url}/echo`, { method: 'POST', body: 'x' }), { headers: { 'x-a': 'c' } })
    ).json(),
  'a Request with a form': async (fetch, url) =>
    (await fetch(new Request(`${url}/echo`, { method: 'POST', body: form() }))).json(),
  'a Request that was used': async (fetch, url) => {
    const request = new Request(`${url}/echo`, { method: 'POST', body: 'x' });
    await request.text();
    return fetch(request);
  },
  'headers of all kinds': async (fetch, url) => {
    const all: RequestInit['headers'][] = [
      { 'X-A': ' b ' },
      [
        ['x-a', 'b'],
        ['x-a', 'c'],
      ],
      new Headers({ 'x-a': 'b' }),
    ];
    return Promise.all(all.map(async (headers) => (await fetch(`${url}/echo`, { headers })).json()));
  },
  'a wrong header': (fetch, url) => fetch(url, { headers: { 'x a': 'b' } }),
  'a header over two lines': (fetch, url) => fetch(url, { headers: { a: 'b\r\nc: d' } }),
  'the same header twice, and two cookies': async (fetch, url) =>
    (
      await fetch(`${url}/sent`, {
        headers: [
          ['x-a', 'b'],
          ['X-A', 'c'],
          ['cookie', 'a=1'],
          ['cookie', 'b=2'],
          ['x-nbsp', '\u00a0b\u00a0'],
        ],
      })
    ).json(),
  'each way to use a cache': async (fetch, url) =>
    Promise.all(
      (['default', 'no-store', 'no-cache', 'reload', 'force-cache'] as const).map(async (cache) =>
        (await fetch(`${url}/sent`, { cache })).json(),
      ),
    ),
  'conditions, which go past a cache': async (fetch, url) =>
    Promise.all(
      ['if-none-match', 'if-modified-since', 'if-match', 'if-unmodified-since', 'if-range'].map(
        async (name) => (await fetch(`${url}/sent`, { headers: { [name]: 'x' } })).json(),
      ),
    ),
  'a condition with cache-control of its own': async (fetch, url) =>
    (await fetch(`${url}/sent`, { headers: { 'if-none-match': 'x', 'cache-control': 'max-age=7' } })).json(),
  'a range': async (fetch, url) => (await fetch(`${url}/sent`, { headers: { range: 'bytes=0-1' } })).json(),
  'a referrer of its own origin and another': async (fetch, url) =>
    Promise.all(
      [`${url}/from?q#h`, 'http://other.example/from', '', 'about:client'].map(async (referrer) =>
        (await fetch(`${url}/sent`, { referrer })).json(),
      ),
    ),
  'each referrer policy': async (fetch, url) =>
    Promise.all(
      (
        [
          'no-referrer',
          'no-referrer-when-downgrade',
          'same-origin',
          'origin',
          'strict-origin',
          'origin-when-cross-origin',
          'strict-origin-when-cross-origin',
          'unsafe-url',
        ] as const
      ).flatMap((referrerPolicy) =>
        [`${url}/from?q`, 'http://other.example/from'].map(async (referrer) =>
          (await fetch(`${url}/sent`, { referrer, referrerPolicy })).json(),
        ),
      ),
    ),
  'an empty query': async (fetch, url) => (await fetch(`${url}/echo?`)).json(),
  'a redirect to an empty query': async (fetch, url) => (await fetch(`${url}/redirect?to=/echo?`)).json(),
  'no init': async (fetch, url) => (await fetch(`${url}/echo`, null as unknown as RequestInit)).json(),
  'nothing at all': (fetch) => fetch(undefined as unknown as string),
  'an ArrayBuffer of another realm': echoed({
    method: 'POST',
    body: runInNewContext('new Uint8Array([65, 66]).buffer'),
  }),
  'statuses without a body, and beyond the usual': async (fetch, url) =>
    Promise.all(
      [205, 304, 599].map(async (is) => {
        const response = await fetch(`${url}/status?is=${is}`);
        return { ...(await withText(response.clone())), hasBody: response.body !== null };
      }),
    ),
  'a clone of a clone': async (fetch, url) => {
    const response = await fetch(`${url}/redirect?to=/text`);
    const clones = [response.clone(), response.clone().clone(), response];
    return Promise.all(clones.map(withText));
  },
  'headers that nobody may change': async (fetch, url) => {
    const { headers } = await fetch(`${url}/text`);
    headers.set('x-a', 'b');
  },
  'the type of a blob': async (fetch, url) => (await (await fetch(`${url}/form`)).blob()).type,
  'a refused connection': async (fetch) => {
    const { name, message, cause } = await fetch('http://127.0.0.1:2/').then(
      () => new Error(),
      (error: Error) => error,
    );
    return { name, message, code: (cause as NodeJS.ErrnoException).code };
  },
  'a wrong length': (fetch, url) =>
    fetch(`${url}/echo`, { method: 'POST', body: 'abc', headers: { 'content-length': '10' } }),
  'a right length': echoed({ method: 'POST', body: 'abc', headers: { 'content-length': '3' } }),
  text: echoed({ method: 'POST', body: 'Grüße, 世界' }),
  'text with a type': echoed({ method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } }),
  URLSearchParams: echoed({ method: 'POST', body: new URLSearchParams({ a: '1 2', b: 'ü' }) }),
  'a FormData': async (fetch, url) => (await fetch(`${url}/echo`, { method: 'POST', body: form() })).json(),
  'a Blob': echoed({ method: 'POST', body: new Blob(['blob'], { type: 'text/x' }) }),
  'a Blob without a type': echoed({ method: 'POST', body: new Blob(['blob']) }),
  bytes: echoed({ method: 'PUT', body: new Uint8Array([0, 255, 13, 10]) }),
  'a view of bytes': echoed({ method: 'PUT', body: new Uint8Array([0, 1, 2, 3]).subarray(1, 3) }),
  'an ArrayBuffer': echoed({ method: 'PATCH', body: new Uint8Array([1, 2]).buffer }),
  'an empty body': echoed({ method: 'POST', body: '' }),
  'no body': echoed({ method: 'POST' }),
  'DELETE with a body': echoed({ method: 'DELETE', body: 'x' }),
  'something else as text': echoed({ method: 'POST', body: 42 as unknown as string }),
  'a stream': async (fetch, url) =>
    (await fetch(`${url}/echo`, { method: 'POST', body: stream(), duplex: 'half' })).json(),
  'a stream without duplex': (fetch, url) => fetch(`${url}/echo`, { method: 'POST', body: stream() }),
  'a stream that somebody reads': (fetch, url) => {
    const body = stream();
    (body as ReadableStream).getReader();
    return fetch(`${url}/echo`, { method: 'POST', body, duplex: 'half' });
  },
  'a stream that fails': (fetch, url) => {
    const body = ReadableStream.from(
      (async function* () {
        yield new TextEncoder().encode('x');
        throw new TypeError('no more');
      })(),
    ) as NonNullable<RequestInit['body']>;
    return fetch(`${url}/echo`, { method: 'POST', body, duplex: 'half' });
  },
  'GET with a body': (fetch, url) => fetch(url, { body: 'x' }),
  'methods in any case': async (fetch, url) => {
    const methods = ['get', 'Post', 'delete', 'options', 'patch', 'QUERY'];
    return Promise.all(
      methods.map(
        async (method) =>
          ((await (await fetch(`${url}/echo`, { method })).json()) as { method: string }).method,
      ),
    );
  },
  HEAD: async (fetch, url) => withText(await fetch(`${url}/text`, { method: 'HEAD' })),
  'CONNECT as a method': (fetch, url) => fetch(url, { method: 'CONNECT' }),
  'a wrong method': (fetch, url) => fetch(url, { method: 'NO SUCH' }),
  'a wrong redirect': (fetch, url) => fetch(url, { redirect: 'maybe' as 'follow' }),
  'a wrong cache': (fetch, url) => fetch(url, { cache: 'maybe' as 'default' }),
  'a wrong mode': (fetch, url) => fetch(url, { mode: 'maybe' as 'cors' }),
  'wrong credentials': (fetch, url) => fetch(url, { credentials: 'maybe' as 'omit' }),
  'a wrong signal': (fetch, url) => fetch(url, { signal: {} as AbortSignal }),
  'a URL with a password': (fetch, url) => fetch(url.replace('//', '//me:secret@')),
  'no URL': (fetch) => fetch('http://'),
  'another scheme': (fetch) => fetch('ftp://127.0.0.1/'),
  'a data: URL': async (fetch) => withText(await fetch('data:text/plain,hello%20world')),
  'a blob: URL': async (fetch) => (await fetch(URL.createObjectURL(new Blob(['blob'])))).text(),
  'redirects of each status, by each method': async (fetch, url) => {
    const all = [301, 302, 303, 307, 308].flatMap((status) =>
      ['GET', 'POST', 'PUT', 'HEAD'].map((method) => ({ status, method })),
    );
    return Promise.all(
      all.map(async ({ status, method }) => {
        const body = method === 'POST' || method === 'PUT' ? 'again' : undefined;
        const response = await fetch(`${url}/redirect?status=${status}&to=/echo`, {
          method,
          headers: { authorization: 'me', 'content-type': 'text/x', 'x-a': 'b' },
          ...(body ? { body } : {}),
        });
        return { ...(await withText(response)), status };
      }),
    );
  },
  'a redirect to another host': async (fetch, url) => {
    const other = encodeURIComponent(`${url.replace('127.0.0.1', 'localhost')}/echo`);
    const headers = { authorization: 'me', cookie: 'a=b', 'x-a': 'c' };
    return (await fetch(`${url}/redirect?to=${other}`, { headers })).json();
  },
  'a redirect by hand': async (fetch, url) => {
    const response = await fetch(`${url}/redirect?to=/text`, { redirect: 'manual' });
    return { ...(await withText(response)), location: response.headers.get('location') };
  },
  'a redirect that is not wanted': (fetch, url) => fetch(`${url}/redirect?to=/text`, { redirect: 'error' }),
  'a redirect without a place': async (fetch, url) => withText(await fetch(`${url}/redirect`)),
  'a redirect to nonsense': (fetch, url) => fetch(`${url}/redirect?to=http://`),
  'a redirect in circles': (fetch, url) =>
    fetch(`${url}/redirect?to=${encodeURIComponent('/redirect?to=/redirect?to=%2Fredirect%3Fto%3D/x')}`).then(
      seen,
    ),
  'a redirect of a stream': (fetch, url) =>
    fetch(`${url}/redirect?status=307&to=/echo`, { method: 'POST', body: stream(), duplex: 'half' }),
  'each encoding, as text': async (fetch, url) => {
    const all = ['gzip', 'deflate', 'raw-deflate', 'br', 'zstd', 'gzip, br'];
    return Promise.all(
      all.map(async (as) => (await fetch(`${url}/encoded?as=${encodeURIComponent(as)}`)).text()),
    );
  },
  'each encoding, as a stream': async (fetch, url) => {
    const all = ['gzip', 'deflate', 'raw-deflate', 'br', 'zstd', 'gzip, br'];
    return Promise.all(
      all.map(async (as) => read((await fetch(`${url}/encoded?as=${encodeURIComponent(as)}`)).body!)),
    );
  },
  'an encoding that nobody knows': async (fetch, url) => (await fetch(`${url}/unknown`)).text(),
  'response headers': async (fetch, url) => {
    const { headers } = await fetch(`${url}/headers`);
    const { date: _, connection: _c, 'keep-alive': _k, ...rest } = Object.fromEntries(headers);
    return { ...rest, cookies: headers.getSetCookie(), none: headers.get('x-none') };
  },
  'the body in every form': async (fetch, url) => {
    const get = () => fetch(`${url}/binary`);
    const blob = await (await get()).blob();
    return {
      text: await (await get()).text(),
      buffer: Buffer.from(await (await get()).arrayBuffer()),
      bytes: Buffer.from(await (await get()).bytes()),
      blob: Buffer.from(await blob.arrayBuffer()),
      type: blob.type,
    };
  },
  'text with a byte order mark': async (fetch, url) => withText(await fetch(`${url}/text`)),
  'a form as form data': async (fetch, url) => [...(await (await fetch(`${url}/form`)).formData())],
  'parts as form data': async (fetch, url) => {
    const data = await (await fetch(`${url}/parts`)).formData();
    const file = data.get('f') as File;
    return [data.get('a'), file.name, file.type, await file.text()];
  },
  'JSON that is none': async (fetch, url) => (await fetch(`${url}/text`)).json(),
  'a long body': async (fetch, url) => (await fetch(`${url}/long`)).text(),
  'a long body as a stream': async (fetch, url) => read((await fetch(`${url}/long`)).body!),
  'chunks as a stream': async (fetch, url) => read((await fetch(`${url}/chunks`)).body!),
  'a stream into a buffer of ours': async (fetch, url) => {
    const reader = (await fetch(`${url}/text`)).body!.getReader({ mode: 'byob' });
    const { value } = await reader.read(new Uint8Array(100));
    return Buffer.from(value!).toString();
  },
  'a body read twice': async (fetch, url) => {
    const response = await fetch(`${url}/text`);
    await response.text();
    return [response.bodyUsed, await response.text()];
  },
  'a body that was begun': async (fetch, url) => {
    const response = await fetch(`${url}/long`);
    await response.body!.getReader().read();
    return response.text();
  },
  'a clone': async (fetch, url) => {
    const response = await fetch(`${url}/redirect?to=/text`);
    const clone = response.clone();
    return [await withText(clone), await withText(response), clone.headers.get('content-length')];
  },
  'a clone of what was read': async (fetch, url) => {
    const response = await fetch(`${url}/text`);
    await response.text();
    return response.clone();
  },
  'a response that is one': async (fetch, url) => (await fetch(`${url}/text`)) instanceof Response,
  'an abort before': (fetch, url) => fetch(url, { signal: AbortSignal.abort() }),
  'an abort with a reason': (fetch, url) => fetch(url, { signal: AbortSignal.abort(new RangeError('mine')) }),
  'an abort while waiting': (fetch, url) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    return fetch(`${url}/hang`, { signal: controller.signal });
  },
  'an abort by a Request': (fetch, url) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    return fetch(new Request(`${url}/hang`, { signal: controller.signal }));
  },
  'an abort in the middle of the body': async (fetch, url) => {
    const controller = new AbortController();
    const response = await fetch(`${url}/stall`, { signal: controller.signal });
    setTimeout(() => controller.abort(), 5);
    return response.text();
  },
  'a timeout': (fetch, url) => fetch(`${url}/hang`, { signal: AbortSignal.timeout(20) }),
  'a timeout in the middle of the body': async (fetch, url) =>
    (await fetch(`${url}/stall`, { signal: AbortSignal.timeout(50) })).text(),
  'what a response is': async (fetch, url) => {
    const response = await fetch(`${url}/text`);
    const { name } = response.constructor;
    return [name, response.constructor === Response, JSON.stringify(response), Object.keys(response)];
  },
  'how many parameters it has': (fetch) => fetch.length,
  'a redirect to what is no HTTP': (fetch, url) => fetch(`${url}/redirect?to=ftp%3A%2F%2Fx%2Fy`),
  'a redirect to data': (fetch, url) => fetch(`${url}/redirect?to=data%3A%2Cx`),
  'a redirect with a name and a password': (fetch, url) =>
    fetch(`${url}/redirect?to=${encodeURIComponent(`${url.replace('//', '//u:p@')}/text`)}`),
  'a file': (fetch) => fetch('file:///etc/hosts'),
  'about:blank': (fetch) => fetch('about:blank'),
  'a length that is not the body’s': (fetch, url) =>
    fetch(`${url}/echo`, { method: 'POST', body: 'abc', headers: { 'content-length': '5' } }),
  'a stream that throws': async (fetch, url) => {
    const thrown = new Error('mine');
    const body = new ReadableStream({ start: (controller) => controller.error(thrown) });
    const sent = fetch(`${url}/echo`, { method: 'POST', body, duplex: 'half' } as RequestInit);
    await sent.catch(({ cause }) => assert.equal(cause, thrown));
    return sent;
  },
  'a stream that is left': async (fetch, url) => {
    const { body } = await fetch(`${url}/stall`);
    const reader = body!.getReader();
    await reader.read();
    await reader.cancel();
    return (await reader.read()).done;
  },
};

async function outcomeOf(call: Call, fetch: Fetch, url: string): Promise<unknown> {
  try {
    return { value: await call(fetch, url) };
  } catch (error) {
    const { name, message } = error as Error;
    // These two are what scripts look for; other sentences are each one's own.
    const known = ['fetch failed', 'terminated'].includes(message) ? message : 'another';
    return { error: name, instance: (error as Error).constructor.name, message: known };
  }
}

/** Where Node's two servers themselves do not answer alike: what they take as a method, and how they encode fields. */
const ofServers = new Set(['methods in any case', 'response headers', 'a clone']);
/** What HTTP/2 has not: the reason of a status, and the frame of a body that is chunks, or is told of without being asked. */
const without = new Set(['statusText', 'content-length', 'transfer-encoding']);
const asHttp2 = (outcome: unknown) =>
  JSON.parse(
    JSON.stringify(outcome, (name, value) => (without.has(name) ? undefined : value)).replaceAll(
      '"length":"chunked"',
      '"length":null',
    ),
  );

for (const http of ['1.1', 'h2c'] as const)
  describe(`our fetch does as Node’s own, over ${http}:`, () => {
    let server: AnsweringServer;
    let user: OpenFetch;
    before(async () => {
      server = await startAnsweringServer();
      user = openFetch({ http });
    });
    after(async () => {
      user[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
    });

    for (const [name, call] of Object.entries(cases)) {
      if (http !== '1.1' && ofServers.has(name)) continue;
      it(name, async () => {
        user.agent.forgetCookies();
        const [ours, nodes] = await Promise.all([
          outcomeOf(call, user.fetch, server.url),
          outcomeOf(call, nodeFetch, server.url),
        ]);
        if (http === '1.1') assert.deepEqual(ours, nodes);
        else assert.deepEqual(asHttp2(ours), asHttp2(nodes));
        await user.agent.settle();
      });
    }

    const stricter: [string, Call, RegExp][] = [
      [
        'an encoded body that is cut off, of which Node shows the begin',
        async (fetch, url) => (await fetch(`${url}/encoded?as=br&cut`)).text(),
        /unexpected end of file/,
      ],
      [
        'a stream of text, where Node may send what is no bytes',
        (fetch, url) => {
          const body = ReadableStream.from(['x']) as unknown as NonNullable<RequestInit['body']>;
          return fetch(`${url}/echo`, { method: 'POST', body, duplex: 'half' });
        },
        /Received non-Uint8Array chunk/,
      ],
      [
        'a dispatcher',
        (fetch, url) => fetch(url, { dispatcher: {} } as RequestInit),
        /has no dispatchers: connections belong to the user/,
      ],
      [
        'integrity',
        (fetch, url) => fetch(url, { integrity: 'sha256-x' }),
        /does not check `integrity`. Leave it out/,
      ],
      [
        'a header that is a matter of the connection',
        (fetch, url) => fetch(url, { headers: { upgrade: 'websocket' } }),
        /does not send a 'upgrade' header: it is a matter of the connection/,
      ],
    ];
    for (const [name, call, expected] of stricter) {
      it(`but refuses ${name}`, async () => {
        await assert.rejects(
          async () => call(user.fetch, server.url),
          (error: Error) => expected.test(`${error.message}: ${(error.cause as Error | undefined)?.message}`),
        );
        await user.agent.settle();
      });
    }
  });
