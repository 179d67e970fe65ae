import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { scenarios } from '../../fixtures/scenarios.ts';
import { buildResults } from '../../results/build-results.ts';
import type { Results } from '../../schema/results.ts';
import { againInWords } from './again.ts';

const base = buildResults(scenarios['one-request']());

function again(run: Partial<Results['run']>, overrides: Record<string, unknown> = {}): string {
  return againInWords({
    ...base,
    run: { ...base.run, commit: null, profile: null, repo: 'https://example.com/shop.git', ...run },
    file: { text: '', overrides },
  });
}

describe('how to run the same again', () => {
  const rows: [name: string, said: string, wanted: string][] = [
    ['a repository', again({}), 'marteau run https://example.com/shop.git'],
    [
      'a commit and a profile',
      again({ commit: 'a'.repeat(40), profile: 'smoke' }),
      `marteau run https://example.com/shop.git --ref ${'a'.repeat(40)} --profile smoke`,
    ],
    [
      'overrides',
      again({}, { cycles: '1:5', nodes: 3, load: [{ users: 2, for: '10s' }] }),
      `marteau run https://example.com/shop.git --set cycles=1:5 --set nodes=3 --set 'load=[{"users":2,"for":"10s"}]'`,
    ],
    [
      'a folder',
      again({ trigger: 'cli', repo: 'file:///home/dora/my%20shop', commit: 'b'.repeat(40) }),
      `git -C '/home/dora/my shop' checkout ${'b'.repeat(40)}\nmarteau run '/home/dora/my shop'`,
    ],
    [
      'a bare repository of this machine, which a server fetched',
      again({ trigger: 'api', repo: 'file:///srv/git/shop.git', commit: 'b'.repeat(40) }),
      `marteau run file:///srv/git/shop.git --ref ${'b'.repeat(40)}`,
    ],
  ];
  for (const [name, said, wanted] of rows) test(name, () => assert.equal(said, wanted));

  test('runs nothing else, whatever the names are', () => {
    const hostile = `$(touch /tmp/owned) \`id\` ; echo 'owned' "x" \\`;
    const [command = ''] = again({ profile: hostile }, { target: hostile }).split('\n');
    const words = execFileSync('sh', ['-c', command.replace(/^marteau/, 'printf "%s\\0"')], {
      encoding: 'utf8',
    });
    assert.deepEqual(words.split('\0').slice(0, -1), [
      'run',
      'https://example.com/shop.git',
      '--profile',
      hostile,
      '--set',
      `target=${hostile}`,
    ]);
  });
});
