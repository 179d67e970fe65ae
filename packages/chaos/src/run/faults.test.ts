import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFile, resolveFile } from '@marteau/file';
import { planFaults } from './faults.ts';

function chaosOf(text: string) {
  const { file } = resolveFile(
    parseFile(
      Buffer.from(
        `script: a.test.ts\napp: {command: x}\ncycles: 1\nduration: 60s\nproxies: {db: {upstream: "a:1", protocol: redis}}\nchaos: ${text}`,
      ),
    ).file!,
  );
  return file!.chaos;
}

const timesOf = (text: string) =>
  planFaults(chaosOf(text), 60_000).map(({ window: { begin, end } }) => [begin, end]);

test('a fault lasts as long as it says, or to the end, and repeats until the end', () => {
  assert.deepEqual(timesOf('{timeline: [{at: 10s, for: 5s, proxy: db, behavior: hang}]}'), [
    [10_000, 15_000],
  ]);
  assert.deepEqual(timesOf('{timeline: [{at: 10s, proxy: db, behavior: hang}]}'), [[10_000, 60_000]]);
  assert.deepEqual(timesOf('{timeline: [{at: 10s, for: 1s, every: 20s, proxy: db, behavior: hang}]}'), [
    [10_000, 11_000],
    [30_000, 31_000],
    [50_000, 51_000],
  ]);
});

test('it is asked for as the file says it', () => {
  const [fault] = planFaults(
    chaosOf(
      '{expect: {recoverWithin: 5s}, timeline: [{at: 1s, for: 1s, proxy: db, behavior: delay, options: {sleep: 2s}, probability: 20%, match: {command: GET, path: "user:*"}}]}',
    ),
    60_000,
  );
  assert.deepEqual(fault!.setting, {
    name: 'marteau-1',
    behavior: 'delay',
    options: { sleep: '2s' },
    probability: 0.2,
    match: { command: 'GET', path: 'user:*' },
  });
  assert.equal(fault!.window.detail, 'sleep 2s, 20 % of GET user:*');
  assert.equal(fault!.window.recoverWithin, 5000);
});

test('percentages last for the whole run and exclude each other', () => {
  const faults = planFaults(chaosOf('{behaviors: {db: "90:dummy,5:error,2.5:hang"}}'), 60_000);
  assert.deepEqual(
    faults.map(({ setting: { behavior, probability, exclusive }, window: { lasting, begin, end } }) => [
      behavior,
      probability,
      exclusive,
      lasting,
      begin,
      end,
    ]),
    [
      ['error', 0.05, true, true, 0, 60_000],
      ['hang', 0.025, true, true, 0, 60_000],
    ],
  );
});
