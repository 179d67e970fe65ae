import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { lenient, shapes } from '../fixtures/exporter-shapes.ts';
import { receivedOf } from '../fixtures/received.ts';
import { anySent, exchangeOf } from '../fixtures/sessions.ts';
import { askedOf } from '../match/asked.ts';
import { Deck } from '../match/deck.ts';
import { readRec } from '../rec/read-rec.ts';
import { writeRec } from '../rec/write-rec.ts';
import { decoded } from '../tape/body.ts';
import type { Exchange } from '../tape/exchange.ts';
import { type HeaderList, header } from '../tape/headers.ts';
import { readHar } from './read-har.ts';
import { writeHar } from './write-har.ts';

/** What of a request matters: what the connection says by itself does not, and a coding may be written in many ways. */
function essence(request: { method: string; target: string; headers: HeaderList; body: Buffer }) {
  const { method, target, headers, body } = request;
  const names = [...new Set(headers.map(([name]) => name.toLowerCase()))].filter((name) =>
    matters.test(name),
  );
  return {
    method,
    target,
    headers: names.sort().map((name) => [name, header1(headers, name)]),
    body: (decoded(body, header(headers, 'content-encoding')) ?? body).toString('latin1'),
  };
}

const matters = /^(x-|accept$|authorization|if-match|content-type|content-encoding)/;

function header1(headers: HeaderList, name: string): string {
  return headers
    .filter(([each]) => each.toLowerCase() === name)
    .map(([, value]) => value)
    .join(', ');
}

const harOf = (requests: object[]) =>
  Buffer.from(
    JSON.stringify({
      log: {
        creator: { name: 'Exporter' },
        entries: requests.map((request) => ({
          request,
          response: { status: 200, headers: [], content: {} },
        })),
      },
    }),
  );

describe('a request comes out of every exporter’s HAR as it was sent', () => {
  for (const [what, shape] of Object.entries(shapes)) {
    const isDecoded = what.startsWith('Insomnia');
    test(what, () => {
      fc.assert(
        fc.property(anySent, (sent) => {
          // A list of decoded fields says neither how they were encoded nor which had no value.
          fc.pre(!isDecoded || sent.query === null || !/%e9|(^|&)[^=]*(&|$)/.test(sent.query));
          const { exchanges, notes } = readHar(harOf([shape(sent)]), 'a.har');
          const [read, wanted] = [exchanges[0]!, exchangeOf(sent)].map(({ request }) => essence(request));
          if (isDecoded) for (const each of [read!, wanted!]) each.target = decodedQuery(each.target);
          assert.deepEqual(read, wanted, notes.join());
          assert.deepEqual(
            notes.filter((note) => !note.includes('said to be base64 and is not')),
            [],
          );
        }),
        { numRuns: 500 },
      );
    });
  }
});

function decodedQuery(target: string): string {
  const [path, query = ''] = target.split(/\?(.*)/s);
  return JSON.stringify([path, query.split('&').map(lenient)]);
}

test('HAR, tape, HAR and .rec hold the same requests', () => {
  fc.assert(
    fc.property(fc.array(anySent, { minLength: 1, maxLength: 5 }), (sent) => {
      const exchanges = sent.map(exchangeOf);
      const har = readHar(writeHar(exchanges), 'a.har').exchanges;
      const rec = readRec(writeRec(har), 'a.rec').exchanges;
      assert.deepEqual(readHar(writeHar(rec), 'a.har').exchanges, exchanges);
      for (const { request } of exchanges) assert.ok(new Deck(rec).find(askedOf(request)));
    }),
    { numRuns: 300 },
  );
});

test('a server receives of a written test what was recorded', { timeout: 240_000 }, async () => {
  const session = fc.array(
    anySent.filter(
      ({ path }) => new URL(`http://h.test${path}`).pathname === path && path !== '/favicon.ico',
    ),
    { minLength: 15, maxLength: 25 },
  );
  const sessions = fc.sample(session, 6);
  for (const each of sessions) {
    const exchanges: Exchange[] = each.map(exchangeOf);
    const { received, script, output } = await receivedOf(exchanges);
    const wanted = exchanges.map(({ request }) => essence(withAccept(request)));
    assert.deepEqual(
      received.map((request) => essence(request)),
      wanted,
      `${output}\n${script}`,
    );
  }
});

/** fetch takes anything, and says so, where nothing was said. */
function withAccept(request: Exchange['request']) {
  return header(request.headers, 'accept') === null
    ? { ...request, headers: [...request.headers, ['accept', '*/*'] as const] }
    : request;
}
