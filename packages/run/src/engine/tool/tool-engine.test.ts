import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { parseFile, type ResolvedFile, resolveFile } from '@marteau/file';
import { openUncontained } from '@marteau/launch';
import { type EngineMessage, readTimes } from '@marteau/measure';
import { anywhere } from '@marteau/net';
import { createMasker, isMarteauError } from '@marteau/shared';
import { startTargetServer } from '@marteau/testkit';
import { openRun } from '../../fixtures/a-run.ts';
import { generateShare, prepareShare, type ShareOptions } from '../../share.ts';
import { engineOf } from '../engine-of.ts';

const autocannon = join(import.meta.dirname, '../../../../../node_modules/.bin');

function fileOf(text: string): ResolvedFile {
  const { file, problems } = parseFile(Buffer.from(text));
  assert.deepEqual(problems, []);
  return resolveFile(file!).file!;
}

/** @throws where nothing may be mounted */
function smallDisk(folder: string, bytes: number): Disposable {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'marteau-test', folder]);
  return { [Symbol.dispose]: () => void execFileSync('umount', ['-l', folder]) };
}

interface ToolOptions {
  /** Bytes that the project's folder holds at most: a disk of its own. */
  readonly disk?: number;
  readonly files?: Readonly<Record<string, string>>;
  readonly path?: string;
  /** Ends the load early once this is true of what was told so far. */
  readonly stopWhen?: (messages: readonly EngineMessage[]) => boolean;
}

/** Runs a file as share 1 of 1 on this machine. */
async function runFile(text: string, { files = {}, path, disk, stopWhen }: ToolOptions = {}) {
  await using run = await openRun();
  using _ = disk === undefined ? null : smallDisk(run.places.wdir, disk);
  for (const [name, content] of Object.entries(files))
    await writeFile(join(run.places.wdir, name), content, { mode: 0o755 });
  const file = fileOf(text);
  const messages: EngineMessage[] = [];
  const options: ShareOptions = {
    mode: 'load',
    file,
    project: 'p',
    places: run.places,
    searchPath: path ?? `${autocannon}:${dirname(process.execPath)}:${process.env.PATH}`,
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
  let stop = (): void => {};
  const { measurements } = await generateShare(options, prepared, {
    engine: engineOf(file),
    share: { index: 0, of: 1 },
    node: 'node-2',
    run: 'r1',
    out,
    onStart: (end) => {
      stop = end;
    },
    onMessage(message) {
      messages.push(message);
      if (stopWhen?.(messages)) stop();
    },
  });
  const requests = measurements.labels.filter(({ kind }) => kind === 'request');
  const [stats] = requests[0]?.steps ?? [];
  return { measurements, messages, requests, stats };
}

const codeIs =
  (code: Parameters<typeof isMarteauError>[1], pattern: RegExp) =>
  (error: Error): boolean =>
    isMarteauError(error, code) && pattern.test(error.message);

describe('a command is measured at the wire', () => {
  test('a shell loop of curl has its requests timed, labelled and counted', async () => {
    await using target = await startTargetServer();
    const { measurements, requests } = await runFile(
      `command: for i in 1 2 3 4; do curl -s "$MARTEAU_TARGET/json?i=$i"; done; curl -s "$MARTEAU_TARGET/nowhere"\ntarget: ${target.url}\n`,
    );
    assert.deepEqual(
      requests.map(({ name, steps }) => [name, steps[0]!.count, steps[0]!.errors, steps[0]!.outcomes]),
      [
        ['GET /json', 4, 0, { 200: 4 }],
        ['GET /nowhere', 1, 1, { 404: 1 }],
      ],
    );
    assert.equal(readTimes([requests[0]!.steps[0]!.time]).count, 4);
    assert.equal(target.seen.requests, 5);
    assert.equal(measurements.source?.title, 'Marteau at the wire');
    assert.equal(measurements.source?.precision, 'raw');
    assert.equal(measurements.model, 'closed');
  });

  test('by way of HTTP_PROXY where the file says so', async () => {
    await using target = await startTargetServer();
    const { requests } = await runFile(`command: curl -s ${target.url}/json\nway: forward\n`);
    assert.deepEqual(
      requests.map(({ name, steps }) => [name, steps[0]!.count]),
      [['GET /json', 1]],
    );
  });

  test('a target that is not there is counted as no answer, with its reason', async () => {
    const { requests, measurements } = await runFile(
      'command: curl -s "$MARTEAU_TARGET/a"; true\ntarget: http://127.0.0.1:1\n',
    );
    assert.deepEqual(requests[0]!.steps[0]!.outcomes, { ECONNREFUSED: 1 });
    assert.equal(measurements.failures[0]?.kind, 'error');
  });

  test('where nothing says what is measured, the run ends with what has to be written', async () => {
    await assert.rejects(
      runFile('command: "true"\n'),
      codeIs('tool-load', /write target: .* or way: forward/),
    );
  });
});

describe('a command writes what it measured', () => {
  test('autocannon, alone at its own percentiles', async () => {
    await using target = await startTargetServer();
    const { stats, measurements } = await runFile(
      `command: autocannon -j -c 2 -a 60 $MARTEAU_TARGET/json\nresults: {format: autocannon-json}\ntarget: ${target.url}\n`,
    );
    assert.deepEqual([stats!.count, stats!.errors, stats!.outcomes], [60, 0, { 200: 60 }]);
    assert.equal(target.seen.requests, 60);
    const { title, precision, known } = measurements.source!;
    assert.deepEqual([title, precision], ['autocannon-json of the command', 'summary']);
    assert.ok(known?.includes(0.5) && !known.includes(0.95));
  });

  test('into a file, which is read as it grows; each cycle is told its users', async () => {
    const script = `#!/bin/sh
now=$(date +%s)000
[ -e out.csv ] || echo end_ms,elapsed_ms,label,status > out.csv
i=0; while [ $i -lt "$MARTEAU_USERS" ]; do echo "$now,5,GET /$MARTEAU_DURATION,200" >> out.csv; i=$((i+1)); done
mv out.csv result.csv
`;
    const { measurements, requests } = await runFile(
      'command: rm -f result.csv; ./load.sh\nresults: {file: result.csv, format: csv}\ncycles: 2:5\nduration: 1s\nramp: 0s\n',
      { files: { 'load.sh': script } },
    ).catch((error: Error) => {
      throw error;
    });
    assert.deepEqual(
      measurements.steps.map(({ plan }) => plan.name),
      ['2 users', '5 users'],
    );
    assert.deepEqual(
      requests.flatMap(({ steps }) => steps.map(({ step, count }) => [step, count])),
      [
        [0, 2],
        [1, 5],
      ],
    );
  });

  test('that ends with 0 and measured nothing has not passed: nothing is in its figures', async () => {
    const { measurements, requests } = await runFile('command: "true"\nresults: {format: hey-csv}\n');
    assert.deepEqual(requests, []);
    assert.ok(measurements.notes.some((note) => /told of no request/.test(note)));
  });

  test('that fails and measured nothing ends the run, with its own words', async () => {
    await assert.rejects(
      runFile('command: echo no licence >&2; exit 3\nresults: {file: out.csv, format: csv}\n'),
      codeIs('tool-failed', /exit code 3.* It said: no licence/),
    );
  });

  test('into a file that is there already: nobody could tell what is whose', async () => {
    await assert.rejects(
      runFile('command: "true"\nresults: {file: out.csv, format: csv}\n', { files: { 'out.csv': 'old' } }),
      codeIs('tool-results-exist', /out\.csv exists already/),
    );
  });

  test('until its disk is full: what it wrote whole is kept, and how it ended is told', {
    skip: process.getuid?.() === 0 ? false : 'only root mounts a disk',
  }, async () => {
    const row = `${Date.now() + 60_000},5,GET /,200`;
    const { measurements, stats } = await runFile(
      `command: sh -c 'echo end_ms,elapsed_ms,label,status; yes ${row}' > out.csv\nresults: {file: out.csv, format: csv}\n`,
      { disk: 65_536 },
    );
    assert.ok(stats!.count > 1000 && stats!.count < 65_536 / row.length, `${stats!.count}`);
    assert.deepEqual(stats!.outcomes, { 200: stats!.count });
    assert.match(measurements.source!.exits[0]!, /exit code 1/);
  });

  test('is stopped early, and what was measured by then is kept', async () => {
    const command = `node -e "const t=()=>console.log(Date.now()+',5,a,200');console.log('end_ms,elapsed_ms,label,status');setInterval(t,50)"`;
    const { measurements, stats } = await runFile(
      `command: ${JSON.stringify(command)}\nresults: {format: csv}\n`,
      { stopWhen: (messages) => messages.some((one) => one.type === 'tick' && one.requests > 0) },
    );
    assert.ok(stats!.count > 0);
    assert.deepEqual([measurements.stopped, measurements.steps[0]!.complete], [true, false]);
  });
});

test('a tool that is not on the node is named, with what to do', async () => {
  await assert.rejects(
    runFile('script: shop.js\nrunner: k6\n', { files: { 'shop.js': '' }, path: '/nowhere' }),
    codeIs('tool-missing', /^k6 is not on node-2: install it .*, or give the run a label of nodes/),
  );
});

test('the own plan of a command is not run by each of several nodes', async () => {
  await assert.rejects(
    runFile('command: "true"\nresults: {format: csv}\nnodes: 3\n'),
    codeIs('tool-nodes', /cannot be divided over 3 nodes/),
  );
});
