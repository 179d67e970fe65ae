// What `setup` installs is there again for the same lock files, and only a project's own word leaves anything there.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startTargetServer } from '@marteau/testkit';
import { openHouse } from './house/house.ts';

const COMMAND = 'if [ -e ~/.fetched ]; then echo there: $(cat ~/.fetched); else echo $WHO > ~/.fetched; fi';

function project(target: string, who: string, lock: string): Record<string, string> {
  return {
    '.marteau.yml': `command: curl -s $MARTEAU_TARGET/hello\ntarget: ${target}\nsetup: ${JSON.stringify(COMMAND)}\nenv: {WHO: ${who}}\n`,
    'requirements.txt': lock,
  };
}

const isRoot = process.getuid?.() === 0;

test('setup is cached by lock file, and a branch that anybody writes fills nothing', {
  skip: isRoot ? false : 'programs of runs are held for root alone',
}, async () => {
  await using house = await openHouse();
  await using target = await startTargetServer();
  const repo = await house.git.createRepo('cached', project(target.url, 'main', 'locust==2.0'));
  const there = async (ref: string): Promise<string | null> => {
    const id = await house.submit(repo.url, { ref });
    const run = await house.ends(id);
    assert.equal(run.state, 'finished', run.reason ?? '');
    return /there: (main|feature)/.exec(await house.file(id, 'console.log'))?.[1] ?? null;
  };
  const entries = async () => (await readdir(join(house.data, 'setup-cache')).catch(() => [])).length;

  // A stranger's commit is first: what it leaves is found by nobody.
  const commitFeature = async (lock: string): Promise<void> => {
    await repo.git('checkout', '-q', '-B', 'feature');
    await repo.commit(project(target.url, 'feature', lock));
    await repo.git('checkout', '-q', 'main');
  };
  await commitFeature('locust==2.0');
  assert.equal(await there('feature'), null);
  assert.equal(await entries(), 0);
  assert.equal(await there('main'), null);
  assert.equal(await entries(), 1);
  assert.equal(await there('main'), 'main');
  assert.equal(await there('feature'), 'main', 'read, and never written');

  await commitFeature('locust==3.0');
  assert.equal(await there('feature'), null, 'of another lock file');
  assert.equal(await there('feature'), null);
  assert.equal(await entries(), 1);
  await house.assertNothingLeft();
});
