import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parseFile, type ResolvedFile, resolveFile } from '@marteau/file';
import { openUncontained } from '@marteau/launch';
import { type EngineMessage, encodeHistogram, Histogram, readTimes, threeDigits } from '@marteau/measure';
import { anywhere } from '@marteau/net';
import { createMasker } from '@marteau/shared';
import { startTargetServer } from '@marteau/testkit';
import { openRun } from '../fixtures/a-run.ts';
import { generateShare, prepareShare, type ShareOptions } from '../share.ts';
import { Book } from './book.ts';
import type { EngineShare } from './engine.ts';
import { linesEngine } from './fixtures/lines-engine.ts';

function fileOf(text: string): ResolvedFile {
  const { file, problems } = parseFile(Buffer.from(`script: a.test.ts\n${text}`));
  assert.deepEqual(problems, []);
  return resolveFile(file!).file!;
}

async function runShare(text: string, target: string) {
  await using run = await openRun();
  const messages: EngineMessage[] = [];
  const options: ShareOptions = {
    mode: 'load',
    file: fileOf(`target: ${target}\n${text}`),
    project: 'p',
    places: run.places,
    searchPath: process.env.PATH ?? '',
    secrets: {},
    masker: createMasker([]),
    packages: { deps: [], ofManifest: false, cache: run.places.temp, npmSettings: {} },
    openCompartment: async () => openUncontained(),
    network: { never: [], registries: [], allowed: anywhere },
    console: run.options.console,
    phase: { say: () => {} },
    signal: new AbortController().signal,
    deadlines: { install: 60_000, before: 60_000, after: 60_000 },
    allowed: anywhere,
    now: Date.now,
  };
  const out = join(run.places.temp, 'out');
  await mkdir(out);
  await using prepared = await prepareShare(options);
  const measured = await generateShare(options, prepared, {
    engine: linesEngine,
    share: { index: 1, of: 3 },
    node: 'n2',
    run: 'r1',
    out,
    onStart: () => {},
    onMessage: (message) => messages.push(message),
  });
  return { ...measured, messages };
}

describe('an engine that only prints lines of JSON', () => {
  test('has ticks, stages, figures and a record as our own has, with a plan that we learn from it', async () => {
    await using target = await startTargetServer();
    const { measurements, plan, messages } = await runShare('cycles: 5\n', target.url);
    assert.equal(plan, null);
    assert.deepEqual(measurements.engine, { name: 'lines', version: '1.2.3' });
    assert.deepEqual([measurements.share, measurements.node], [{ index: 1, of: 3 }, 'n2']);
    assert.deepEqual(
      measurements.steps.map(({ plan, complete }) => [plan.name, complete]),
      [['2 users', true]],
    );
    const request = measurements.labels.find(({ kind }) => kind === 'request')!;
    const [stats] = request.steps;
    assert.equal(stats!.count, target.seen.requests);
    assert.equal(stats!.count, 63, 'its part of the load');
    assert.deepEqual(stats!.outcomes, { 200: 63 });
    assert.equal(readTimes([stats!.time]).count, 63);
    const ticks = messages.flatMap((message) => (message.type === 'tick' ? [message] : []));
    assert.equal(
      ticks.reduce((sum, { requests }) => sum + requests, 0),
      63,
    );
    assert.ok(ticks.every(({ share, of, recording }) => share === 1 && of === 3 && recording));
    assert.ok(messages.some((message) => message.type === 'stage' && message.stage.name === '2 users'));
    assert.deepEqual(measurements.notes, ['The tool has no percentiles of its own.']);
  });

  test('is ended by stopIf, and what it measured until then is kept', async () => {
    await using target = await startTargetServer();
    const { measurements, messages } = await runShare(
      'cycles: 5\nstopIf: [requests > 1/s over 1s]\n',
      target.url,
    );
    assert.equal(measurements.stoppedBy?.threshold, 'requests > 1/s over 1s');
    assert.ok(messages.some((message) => message.type === 'stopped'));
    assert.ok(target.seen.requests < 63, `${target.seen.requests}`);
    assert.equal(measurements.steps[0]!.complete, false);
  });
});

test('histograms of whole seconds count as the samples that they were made of', () => {
  const file = fileOf('cycles: 1\n');
  const share = { file, share: { index: 0, of: 1 }, node: 'n1' } as EngineShare;
  const running = { onMessage: () => {} } as never;
  const book = new Book(share, running, Date.now() - 2000, () => {});
  const [all, failed] = [new Histogram(threeDigits), new Histogram(threeDigits)];
  for (const time of [1000, 2000, 3000, 400_000]) all.record(time);
  failed.record(400_000);
  const stage = {
    index: 0,
    name: 'its own',
    model: 'open',
    recorded: true,
    users: null,
    rate: null,
  } as never;
  book.observe({ type: 'stage', stage, at: 0 });
  const histogram = encodeHistogram(all.times());
  const errorHistogram = encodeHistogram(failed.times());
  book.observe({
    type: 'histogram',
    second: 0,
    kind: 'request',
    name: 'GET /',
    histogram,
    errorHistogram,
    outcome: '503',
  });
  const { labels, model } = book.written({
    engine: { name: 'x', version: '1' },
    startedAt: Date.now(),
    cpuSeconds: 0,
  });
  const [stats] = labels[0]!.steps;
  assert.deepEqual([stats!.count, stats!.errors, stats!.time.count, model], [4, 1, 4, 'open']);
  assert.deepEqual(stats!.outcomes, { 503: 4 });
});

test('what a tool says of the future fills no seconds until then', () => {
  const share = { file: fileOf('cycles: 1\n'), share: { index: 0, of: 1 }, node: 'n1' } as EngineShare;
  const ticks: EngineMessage[] = [];
  const running = { onMessage: (message: EngineMessage) => ticks.push(message) } as never;
  const book = new Book(share, running, Date.now() - 2000, () => {});
  const later = [1e9, 1e300, Number.POSITIVE_INFINITY, Number.NaN];
  for (const second of later) book.observe({ type: 'through', second });
  for (const at of later) book.observe({ type: 'metric', at, metric: { name: 'm' } as never, value: 1 });
  book.tick();
  book.observe({ type: 'through', second: 2 });
  book.tick();
  assert.ok(ticks.length <= 2, `${ticks.length}`);
});
