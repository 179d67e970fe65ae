import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { parseFile, type ResolvedFile, resolveFile } from '@marteau/file';
import type { Measurements } from '@marteau/measure';
import { startStub } from '@marteau/replay';
import { openRun } from '../../fixtures/a-run.ts';
import { recordingsPart } from './recordings-part.ts';

function fileOf(recordings: string): ResolvedFile {
  const { file, problems } = parseFile(Buffer.from(`script: a.test.ts\nrecordings: ${recordings}\n`));
  assert.deepEqual(problems, []);
  return resolveFile(file!).file!;
}

const tape = '# 5 ms\nGET /a HTTP/1.1\n\n\n200 OK\n\nfirst\n\nGET /a HTTP/1.1\n\n\n200 OK\n\nsecond\n';

describe('stand-ins around a run', () => {
  test('are found by their names, cycle through repeats, and tell what they did', async () => {
    await using run = await openRun();
    await writeFile(join(run.places.wdir, 'pay.rec'), tape);
    await using around = await run.start([
      recordingsPart(fileOf('{pay-ments: {file: pay.rec, latency: none}}')),
    ]);
    const url = around.env.MARTEAU_RECORDING_PAY_MENTS!;
    const answers = [];
    for (let i = 0; i < 3; i++) answers.push(await (await fetch(`${url}/a`)).text());
    assert.deepEqual(answers, ['first', 'second', 'first']);
    assert.equal((await fetch(`${url}/b`)).status, 501);
    const { recordings } = await around.note({} as Measurements);
    const [record] = recordings!;
    assert.deepEqual([record!.name, record!.mode, record!.verdict], ['pay-ments', 'replay', 'fail']);
    assert.deepEqual([record!.calls, record!.replayed, record!.unmatched], [4, 3, 1]);
    assert.match(record!.sentences[0]!, /GET \/b is not on the tape/);
    assert.deepEqual(around.facts, { Recordings: 'pay-ments: replay pay.rec' });
  });

  test('replayOrRecord answers from the tape, asks the real server for what is missing, and keeps the longer tape', async () => {
    await using run = await openRun();
    await using real = await startStub();
    real.on('GET /new', { json: { fresh: true, token: 'abcdefgh12345678' } });
    await writeFile(join(run.places.wdir, 'pay.rec'), tape);
    const file = fileOf(`{pay: {file: pay.rec, mode: replayOrRecord, latency: none, server: "${real.url}"}}`);
    {
      await using around = await run.start([recordingsPart(file)]);
      const url = around.env.MARTEAU_RECORDING_PAY!;
      const ask = async (path: string) => (await fetch(url + path)).text();
      const asked = [await ask('/a'), await ask('/new'), await ask('/new')];
      assert.equal(asked[0], 'first');
      assert.match(asked[1]!, /"fresh":true/);
      assert.match(asked[2]!, /"fresh":true/);
      const [record] = (await around.note({} as Measurements)).recordings!;
      assert.deepEqual(
        [record!.mode, record!.calls, record!.replayed, record!.recorded, record!.unmatched],
        ['replayOrRecord', 3, 2, 1, 1],
      );
    }
    assert.equal(real.calls.length, 1, 'what was recorded is played the second time');
    const [[name, text] = []] = [...run.kept];
    assert.equal(name, 'tapes/pay.rec');
    assert.match(text!, /^# 5 ms\nGET \/a [\s\S]*GET \/new HTTP\/1\.1/);
    assert.doesNotMatch(text!, /abcdefgh12345678/);
  });

  test('by the forward way they are the proxy of what starts after them', async () => {
    await using run = await openRun();
    await writeFile(
      join(run.places.wdir, 'all.rec'),
      'GET https://api.invalid/a HTTP/1.1\n\n\n200 OK\n\ntaped\n',
    );
    await using around = await run.start([recordingsPart(fileOf('{all: {file: all.rec, way: forward}}'))]);
    const { stdout } = await promisify(execFile)('curl', ['-sS', 'https://api.invalid/a'], {
      env: around.env,
    });
    assert.equal(stdout, 'taped');
    assert.match(around.env.NO_PROXY!, /127\.0\.0\.1/);
  });

  test('a tape that cannot be read, or two proxies, end the run with a sentence', async () => {
    await using run = await openRun();
    await writeFile(join(run.places.wdir, 'bad.rec'), 'hello\n');
    const start = (recordings: string) => run.start([recordingsPart(fileOf(recordings))]);
    await assert.rejects(start('{a: {file: gone.rec}}'), /There is no tape .*gone\.rec/);
    await assert.rejects(
      start('{a: {file: bad.rec}}'),
      /bad\.rec:1:1: 'hello' is not the first line of a request/,
    );
    const both = '{a: {file: a.rec, way: forward}, b: {file: b.rec, way: forward}}';
    await assert.rejects(start(both), /a and b are both way: forward/);
  });
});
