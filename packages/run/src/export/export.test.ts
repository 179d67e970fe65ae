import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { type EngineMessage, encodeHistogram, Histogram, twoDigits } from '@marteau/measure';
import { anywhere } from '@marteau/net';
import { waitUntil } from '@marteau/testkit';
import { startExport } from './export.ts';
import { bucketOf } from './figures.ts';

interface Received {
  request: IncomingMessage;
  body: Buffer;
}

/** Answers with this status; never, where there is none. */
async function startReceiver(status: number | null) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    received.push({ request, body: await buffer(request) });
    if (status !== null) response.writeHead(status).end(status < 300 ? '' : 'too much of it');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const times = [1000, 1000, 4000, 900_000];

function labels(): EngineMessage {
  const histogram = new Histogram(twoDigits);
  for (const time of times) histogram.record(time);
  const sum = times.reduce((total, time) => total + time, 0);
  const text = encodeHistogram(histogram.times());
  const label = {
    stage: 0,
    kind: 'request' as const,
    name: 'GET /cart',
    errors: 1,
    bytesIn: 10,
    sum,
    histogram: text,
  };
  return { type: 'labels', second: 0, labels: [label] };
}

const common = {
  of: { run: 'r1', project: 'https://git.example.com/shop', node: 'eu-1', location: 'eu' },
  plan: null,
  variables: { TOKEN: 'open sesame' },
  allowed: anywhere,
  signal: new AbortController().signal,
  now: () => 1_800_000_000_000,
  everyMs: 20,
};

describe('a live export', () => {
  test('as OTLP: totals with run, project, label, stage and node, and headers with variables', async () => {
    await using receiver = await startReceiver(200);
    const headers = { Authorization: `Bearer \${TOKEN}` };
    const exporting = startExport([{ kind: 'otlp', url: receiver.url, headers }], common);
    exporting.take(labels());
    exporting.take(labels());
    await waitUntil('an export', () => receiver.received.length > 1);
    assert.deepEqual(await exporting.end(), []);
    const { request, body } = receiver.received.at(-1)!;
    assert.deepEqual(
      [request.method, request.url, request.headers.authorization, request.headers['content-type']],
      ['POST', '/v1/metrics', 'Bearer open sesame', 'application/json'],
    );
    const [{ resource, scopeMetrics }] = JSON.parse(body.toString()).resourceMetrics;
    const pairs = (list: { key: string; value: { stringValue: string } }[]) =>
      Object.fromEntries(list.map(({ key, value }) => [key, value.stringValue]));
    assert.deepEqual(pairs(resource.attributes), {
      'service.name': 'marteau',
      run: 'r1',
      project: 'https://git.example.com/shop',
      node: 'eu-1',
      location: 'eu',
    });
    const [duration, errors] = scopeMetrics[0].metrics;
    const [point] = duration.exponentialHistogram.dataPoints;
    assert.deepEqual(pairs(point.attributes), { label: 'GET /cart', kind: 'request', stage: '0' });
    assert.deepEqual([point.count, point.scale, point.positive.bucketCounts[0]], ['8', 3, '4']);
    assert.ok(Math.abs(point.sum - 1.812) < 1e-9);
    // Bucket i of theirs begins at 2^(i/8).
    const lowest = 2 ** (point.positive.offset / 8);
    assert.ok(lowest <= 0.001 && 0.001 <= lowest * 2 ** (1 / 8) * 1.01, String(lowest));
    assert.equal(errors.sum.dataPoints[0].asInt, '2');
  });

  test('as remote write: a native histogram and counters, which another reader takes apart', async () => {
    await using receiver = await startReceiver(204);
    const exporting = startExport([{ kind: 'prometheus', url: `${receiver.url}/push`, headers: {} }], common);
    exporting.take(labels());
    assert.deepEqual(await exporting.end(), []);
    const { request, body } = receiver.received.at(-1)!;
    assert.deepEqual(
      [request.url, request.headers['content-encoding'], request.headers['content-type']],
      ['/push', 'snappy', 'application/x-protobuf'],
    );
    const series = fieldsOf(unsnappy(body)).map(([, value]) => seriesOf(value as Buffer));
    const histogram = series.find(
      ({ labels: { __name__ } }) => __name__ === 'marteau_load_duration_seconds',
    )!;
    assert.deepEqual(
      Object.keys(histogram.labels),
      Object.keys(histogram.labels).toSorted(),
      'by their names',
    );
    assert.deepEqual(
      [histogram.labels.run, histogram.labels.label, histogram.labels.stage, histogram.labels.location],
      ['r1', 'GET /cart', '0', 'eu'],
    );
    const fields = fieldsOf(histogram.histogram!);
    const number = (field: number) => fields.find(([name]) => name === field)?.[1] as bigint;
    assert.equal(number(1), 4n);
    assert.equal(unzigzag(number(4)), 3);
    assert.equal(number(15), 1_800_000_000_000n);
    const spans = fields
      .filter(([name]) => name === 11)
      .map(([, value]) => fieldsOf(value as Buffer).map(([, one]) => one as bigint));
    const deltas = varintsOf(fields.find(([name]) => name === 12)![1] as Buffer).map(unzigzag);
    const filled: [number, number][] = [];
    let [index, count] = [0, 0];
    for (const [offset, length] of spans) {
      index += unzigzag(offset!);
      for (let i = 0; i < Number(length); i++) {
        count += deltas.shift()!;
        filled.push([index++, count]);
      }
    }
    assert.deepEqual(
      filled.filter(([, value]) => value > 0),
      [
        [bucketOf(0.001), 2],
        [bucketOf(0.004), 1],
        [bucketOf(0.9), 1],
      ],
    );
    const errors = series.find(({ labels: { __name__ } }) => __name__ === 'marteau_load_errors_total')!;
    assert.equal(errors.sample, 1);
  });

  test('one that hangs, refuses or is gone costs a sentence, and a moment at the end', async () => {
    await using hanging = await startReceiver(null);
    await using refusing = await startReceiver(429);
    const gone = await startReceiver(200);
    await gone[Symbol.asyncDispose]();
    const receivers = [hanging, refusing, gone].map(({ url }) => ({
      kind: 'otlp' as const,
      url,
      headers: {},
    }));
    const exporting = startExport(receivers, { ...common, longestMs: 200 });
    exporting.take(labels());
    await waitUntil('several tries', () => refusing.received.length > 2);
    const [late, refused, away] = await exporting.end();
    assert.match(
      late!,
      /exports to 127\.0\.0\.1:\d+ did not arrive; the last time because it did not answer in time\.$/,
    );
    assert.match(refused!, /because it answered 429\.$/);
    assert.match(away!, /ECONNREFUSED/);
    assert.ok(hanging.received.length <= refusing.received.length, 'one at a time');
  });

  test('an address that this server asks nobody for is not asked', async () => {
    await using receiver = await startReceiver(200);
    const exporting = startExport([{ kind: 'otlp', url: receiver.url, headers: {} }], {
      ...common,
      allowed: () => false,
    });
    const [sentence] = await exporting.end();
    assert.match(sentence!, /no address that this server asks/);
    assert.equal(receiver.received.length, 0);
  });

  test('what a script says that is no histogram, and labels without end, do no harm', async () => {
    await using receiver = await startReceiver(200);
    const exporting = startExport([{ kind: 'otlp', url: receiver.url, headers: {} }], common);
    const message = labels();
    assert.ok(message.type === 'labels');
    const [label] = message.labels;
    exporting.take({ ...message, labels: [{ ...label!, histogram: 'nonsense' }] });
    for (let i = 0; i < 2000; i++) exporting.take({ ...message, labels: [{ ...label!, name: `GET /${i}` }] });
    assert.deepEqual(await exporting.end(), []);
    const [{ scopeMetrics }] = JSON.parse(receiver.received.at(-1)!.body.toString()).resourceMetrics;
    assert.equal(scopeMetrics[0].metrics[0].exponentialHistogram.dataPoints.length, 500);
  });
});

const unzigzag = (value: bigint): number => Number((value >> 1n) ^ -(value & 1n));

function varintAt(bytes: Buffer, from: number): [bigint, number] {
  let [value, shift, at] = [0n, 0n, from];
  for (;;) {
    const byte = bytes[at++]!;
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte < 0x80) return [value, at];
  }
}

function varintsOf(bytes: Buffer): bigint[] {
  const all: bigint[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [value, next] = varintAt(bytes, at);
    all.push(value);
    at = next;
  }
  return all;
}

/** Literals alone are read. */
function unsnappy(bytes: Buffer): Buffer {
  const [length, begin] = varintAt(bytes, 0);
  let at = begin;
  const parts: Buffer[] = [];
  while (at < bytes.length) {
    assert.equal(bytes[at], 61 << 2);
    const size = bytes.readUInt16LE(at + 1) + 1;
    parts.push(bytes.subarray(at + 3, at + 3 + size));
    at += 3 + size;
  }
  const plain = Buffer.concat(parts);
  assert.equal(BigInt(plain.length), length);
  return plain;
}

function fieldsOf(bytes: Buffer): [number, bigint | Buffer][] {
  const fields: [number, bigint | Buffer][] = [];
  for (let at = 0; at < bytes.length; ) {
    const [key, next] = varintAt(bytes, at);
    const [field, type] = [Number(key >> 3n), Number(key & 7n)];
    if (type === 0) {
      const [value, end] = varintAt(bytes, next);
      fields.push([field, value]);
      at = end;
    } else if (type === 1) {
      fields.push([field, bytes.subarray(next, next + 8)]);
      at = next + 8;
    } else {
      const [size, begin] = varintAt(bytes, next);
      fields.push([field, bytes.subarray(begin, begin + Number(size))]);
      at = begin + Number(size);
    }
  }
  return fields;
}

function seriesOf(bytes: Buffer) {
  const fields = fieldsOf(bytes);
  const labels = Object.fromEntries(
    fields
      .filter(([name]) => name === 1)
      .map(([, value]) => fieldsOf(value as Buffer).map(([, text]) => String(text)) as [string, string]),
  );
  const own = (field: number) => fields.find(([name]) => name === field)?.[1] as Buffer | undefined;
  const sample = own(2);
  return {
    labels,
    histogram: own(4),
    sample: sample ? (fieldsOf(sample)[0]![1] as Buffer).readDoubleLE() : null,
  };
}
