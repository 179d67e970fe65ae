import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTempFolder } from '@marteau/testkit';
import { readConfig } from '../config.ts';
import { whyNotForForks, withoutProjects } from './forks.ts';

test('a node is for what strangers have written where it has the label, contains scripts and holds no secrets', async () => {
  await using folder = await createTempFolder();
  const config = (env: Record<string, string>) =>
    readConfig({ MARTEAU_DATA: folder.path, MARTEAU_LABELS: 'trust=forks', ...env });
  for (const [env, containment, why] of [
    [{}, 'contained by namespaces', null],
    [{ MARTEAU_LABELS: 'trust=us' }, 'contained by namespaces', /no label/],
    [{}, 'not contained', /not contained/],
    [{ MARTEAU_SECRETS: '/etc/marteau/secrets.yml' }, 'contained by namespaces', /secrets file/],
    [{ HTTPS_PROXY: 'http://ada:password@proxy.example.com' }, 'contained by namespaces', /passwords/],
  ] as [Record<string, string>, string, RegExp | null][]) {
    const said = whyNotForForks(config(env), containment);
    if (why === null) assert.equal(said, null);
    else assert.match(said ?? '', why);
  }
  await writeFile(join(folder.path, 'secrets.key'), '');
  assert.match(whyNotForForks(config({}), 'contained by namespaces') ?? '', /key of secrets/);
});

test('a run of a fork is given what fetches its repository, and nothing of the project', () => {
  const given = withoutProjects({
    git: new Map([['git.example.com', { token: 'token-of-git', share: false }]]),
    projects: new Map([['https://git.example.com/shop', { values: { TOKEN: 'secret-token' }, refs: null }]]),
    channels: new Map([['perf', { url: 'https://chat.example.com/x' }]]),
  });
  assert.deepEqual([given.git.size, given.projects.size, given.channels.size], [1, 0, 0]);
});
