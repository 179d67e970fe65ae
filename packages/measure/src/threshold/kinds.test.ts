import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { measureCustom, parseThreshold, subjectInWords, type Threshold } from '../index.ts';

function read(source: string): Threshold {
  const parsed = parseThreshold(source);
  if ('mistake' in parsed) throw new Error(`${parsed.mistake.what}; ${parsed.mistake.fix}`);
  return parsed.threshold;
}

describe('a threshold of sockets, streams and requests of their own kind', () => {
  const cases: [source: string, kind: string, label: string | null, what: string, subject: string][] = [
    ['p95 of ws "chat" < 50ms', 'ws', 'chat', 'round trip', 'p95 of ws "chat"'],
    ['p99 of ws < 50ms over 10s', 'ws', null, 'round trip', 'p99 of ws'],
    ['p95 of ws "chat" first message < 1s', 'ws', 'chat', 'first message', 'p95 of ws "chat" first message'],
    ['max of ws received < 10KB', 'ws', null, 'received', 'max of ws received'],
    ['closed abnormally < 0.1%', 'ws', null, 'closed abnormally', 'closed abnormally'],
    [
      'closed abnormally of ws "chat" < 5',
      'ws',
      'chat',
      'closed abnormally',
      'closed abnormally of ws "chat"',
    ],
    ['p95 of sse "GET /events" < 1s', 'sse', 'GET /events', 'first event', 'p95 of sse "GET /events"'],
    ['p95 of stream "POST /chat" end < 9s', 'stream', 'POST /chat', 'end', 'p95 of stream "POST /chat" end'],
    ['avg of sql "orders" < 20ms', 'sql', 'orders', 'time', 'avg of sql "orders"'],
    ['errors of sql "orders" < 1%', 'sql', 'orders', 'errors', 'errors of sql "orders"'],
    ['requests of sql "orders" > 100/s', 'sql', 'orders', 'time', 'requests of sql "orders"'],
  ];
  for (const [source, kind, label, what, subject] of cases) {
    it(source, () => {
      const threshold = read(source);
      assert.deepEqual([threshold.of, threshold.custom, threshold.label], [{ kind, label }, what, null]);
      assert.equal(subjectInWords(threshold), subject);
    });
  }

  it('says what is wrong', () => {
    assert.throws(() => read('p95 of chat < 50ms'), /'chat' needs quotes/);
    assert.throws(() => read('bytes of ws "chat" < 50MB'), /bytes is not measured of ws/);
    assert.throws(() => read('closed abnormally of ws "chat" first message < 1%'), /has no 'first message'/);
    assert.throws(() => read('closed < 1%'), /unknown metric 'closed'/);
    assert.throws(() => read('p95 of ws "chat" < 50'), /not a bound/);
  });

  it('measures the share of bad ends, none where nothing ended', () => {
    const threshold = read('closed abnormally < 0.1%');
    const nature = { kind: 'rate', unit: 'number' } as const;
    const values = { count: 0, min: 0, max: 0, sum: 0, layout: null } as never;
    const of = (count: number, sum: number) =>
      measureCustom(threshold, nature, { seconds: 1, count, sum, values }, { scale: 2 });
    assert.deepEqual([of(1000, 2), of(0, 0)], [0.002, 0]);
    const many = read('closed abnormally < 5');
    assert.equal(measureCustom(many, nature, { seconds: 1, count: 9, sum: 2, values }, { scale: 2 }), 4);
  });
});
