import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { When } from '../schema/when.ts';
import { type Decision, decidePull, decidePush, pullRules } from './decide.ts';
import { matches, matchesAny } from './matches.ts';
import { nextTime, nextTimes } from './next-times.ts';

describe('patterns', () => {
  for (const [pattern, right, wrong] of [
    ['main', ['main'], ['mains', 'a/main', 'Main', '']],
    ['release/*', ['release/1', 'release/'], ['release/1/2', 'release']],
    ['src/**', ['src/a', 'src/.env', 'src/a/b.ts'], ['src', 'asrc/a']],
    ['**/*.md', ['a.md', '.github/a.md', 'a/b/c.md'], ['amd', 'a.mdx']],
    ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['ab', 'a/xb']],
    ['v?.*', ['v1.0', 'v2.'], ['v10.0', 'v/.0']],
    ['**', ['', 'a/b'], []],
  ] as const) {
    test(pattern, () => {
      for (const name of right) assert.ok(matches(pattern, name), name);
      for (const name of wrong) assert.ok(!matches(pattern, name), name);
    });
  }

  test('the last one that matches decides', () => {
    assert.ok(matchesAny(['src/**', '!**/*.md', 'src/a.md'], 'src/a.md'));
    assert.ok(!matchesAny(['src/**', '!**/*.md'], 'src/a.md'));
    assert.ok(matchesAny(['!docs/**'], 'src/a'));
    assert.ok(!matchesAny(['!docs/**'], 'docs/a'));
  });

  test('a pattern without stars matches itself alone, and none takes long', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.'), maxLength: 20 });
    fc.assert(fc.property(letters, letters, (a, b) => assert.equal(matches(a, b), a === b)));
    const begun = process.cpuUsage();
    matches('*a'.repeat(2000), 'a'.repeat(4000));
    matches('**/a'.repeat(1000), '/a'.repeat(2000));
    assert.ok(process.cpuUsage(begun).user < 20e6);
  });

  test('it agrees with the expression that the pattern stands for', () => {
    const parts = fc.array(fc.constantFrom('*', '**', '**/', '?', 'a', 'b', '/'), { maxLength: 6 });
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 8 });
    fc.assert(
      fc.property(parts, name, (some, text) => {
        const pattern = some.join('');
        const expression = pattern
          .match(/\*\*\/|\*+|[^*]/g)
          ?.map((part) =>
            part === '**/'
              ? '(?:.*/)?'
              : part === '*'
                ? '[^/]*'
                : part[0] === '*'
                  ? '.*'
                  : part === '?'
                    ? '[^/]'
                    : part,
          )
          .join('');
        assert.equal(
          matches(pattern, text),
          new RegExp(`^${expression ?? ''}$`).test(text),
          `${pattern} ${text}`,
        );
      }),
      { numRuns: 2000 },
    );
  });
});

const ignored = (decision: Decision) => ('ignored' in decision ? decision.ignored : null);

describe('a push', () => {
  const moved = { kind: 'push', ref: 'main', files: null, message: '' } as const;
  for (const [push, more, why] of [
    [{}, {}, null],
    [{}, { kind: 'tag', ref: 'v1' }, null],
    [{ branches: 'main' }, {}, null],
    [{ branches: ['release/*'] }, {}, /branch main is none/],
    [{ branches: 'main' }, { kind: 'tag', ref: 'main' }, /tag main is none/],
    [{ tags: 'v*' }, {}, /branch main is none/],
    [{ tags: 'v*' }, { kind: 'tag', ref: 'v1' }, null],
    [{ paths: 'src/**' }, { files: ['src/a', 'b'] }, null],
    [{ paths: 'src/**' }, { files: ['b'] }, /No file/],
    [{ paths: 'src/**' }, { files: null }, null],
    [{ paths: ['src/**', '!**/*.md'] }, { files: ['src/README.md'] }, /No file/],
    [{}, { message: 'Fix it [Skip CI]' }, /says \[Skip CI\]/],
    [{}, { message: '[skip marteau]\nmore' }, /says/],
    [{}, { kind: 'tag', ref: 'v1', message: '[skip ci]' }, null],
  ] as [When['push'], object, RegExp | null][]) {
    test(JSON.stringify([push, more]), () => {
      const said = ignored(decidePush({ push }, { ...moved, ...more }));
      if (why === null) assert.equal(said, null);
      else assert.match(said ?? '', why);
    });
  }

  test('has the profile of the file, and none starts without `when`', () => {
    assert.deepEqual(decidePush({ push: { profile: 'smoke' } }, moved), { profile: 'smoke' });
    assert.match(ignored(decidePush(undefined, moved)) ?? '', /no `when/);
    assert.match(ignored(decidePush({ pull: {} }, moved)) ?? '', /no `when/);
  });
});

test('a pull request', () => {
  const asked = { baseRef: 'main', draft: false, title: 'Quick' };
  assert.deepEqual(decidePull({ pull: { profile: 'smoke' } }, asked), { profile: 'smoke' });
  assert.match(ignored(decidePull({ pull: {} }, { ...asked, draft: true })) ?? '', /draft/);
  assert.equal(ignored(decidePull({ pull: { drafts: true } }, { ...asked, draft: true })), null);
  assert.match(ignored(decidePull({ pull: { branches: 'next' } }, asked)) ?? '', /merged into main/);
  assert.match(ignored(decidePull({ pull: {} }, { ...asked, title: 'x [ci skip]' })) ?? '', /title/);
  assert.match(ignored(decidePull({ push: {} }, asked)) ?? '', /no `when/);
  assert.equal(pullRules({ pull: { maxTime: '5m' } }).maxTimeMs, 300_000);
});

describe('times', () => {
  const list = (cron: string, zone: string | undefined, from: string, count: number) =>
    nextTimes({ cron, zone }, Date.parse(from), count).map((ms) => new Date(ms).toISOString().slice(0, 16));

  test('in a zone, over both changes of its clocks', () => {
    const berlin = 'Europe/Berlin';
    assert.deepEqual(list('30 2 * * *', berlin, '2027-03-26T12:00Z', 3), [
      '2027-03-27T01:30',
      '2027-03-28T01:00', // 2:30 is not there: right behind the gap
      '2027-03-29T00:30',
    ]);
    assert.deepEqual(list('30 2 * * *', berlin, '2027-10-30T12:00Z', 2), [
      '2027-10-31T00:30',
      '2027-11-01T01:30',
    ]);
  });

  test('UTC where no zone is named; either of two days; the 29th of February', () => {
    assert.deepEqual(list('0 3 * * *', undefined, '2027-07-01T00:00Z', 1), ['2027-07-01T03:00']);
    assert.deepEqual(list('0 0 13 * 5', 'UTC', '2027-08-07T00:00Z', 3), [
      '2027-08-13T00:00',
      '2027-08-20T00:00',
      '2027-08-27T00:00',
    ]);
    assert.deepEqual(list('0 0 29 2 *', 'UTC', '2027-01-01T00:00Z', 1), ['2028-02-29T00:00']);
    assert.equal(nextTime({ cron: '0 0 30 2 *' }, 0), null);
  });

  test('each time is later than the one before, and later than asked for', () => {
    const cron = fc.constantFrom(
      '*/7 * * * *',
      '30 2 * * *',
      '0 */6 * * 1',
      '59 23 31 12 *',
      '15 1-3 * 3,10 0',
    );
    const zone = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
    );
    fc.assert(
      fc.property(cron, zone, fc.integer({ min: 1.7e12, max: 2.2e12 }), (text, where, after) => {
        const times = [after, ...nextTimes({ cron: text, zone: where }, after, 4)];
        for (let n = 1; n < times.length; n++) assert.ok(times[n]! > times[n - 1]!);
      }),
      { numRuns: 60 },
    );
  });
});
