import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createTempFolder } from '@marteau/testkit';
import { priorStatesIn, putBackLeft } from './prior-states.ts';

/** Of a process that has ended. */
const gone = spawnSync('true').pid;
const state = { kind: 'vaurien', control: 'http://127.0.0.1:1', behavior: { name: 'dummy' } } as const;

describe('what killed runs left changed', () => {
  const damaged = ['', 'garbage', 'null', '[1]', '{}', `{"pid":${gone},"place":"redis","state":{}}`];
  for (const text of damaged)
    test(`a file that holds ${text || 'nothing'} is named, and kept`, async () => {
      await using folder = await createTempFolder();
      await writeFile(join(folder.path, 'a.json'), text);
      const said: string[] = [];
      await putBackLeft(folder.path, (sentence) => said.push(sentence));
      assert.match(
        said.join(),
        /a\.json was to say what a proxy was before .* damaged\. Look .* remove the file\.$/,
      );
      assert.deepEqual(await readdir(folder.path), ['a.json']);
    });

  test('that of a run that is alive is left alone', async () => {
    await using folder = await createTempFolder();
    const said: string[] = [];
    const states = priorStatesIn(folder.path, (sentence) => said.push(sentence));
    await states.keep('vaurien', state);
    await putBackLeft(folder.path, (sentence) => said.push(sentence));
    assert.equal((await readdir(folder.path)).length, 1);
    await states.forget('vaurien');
    assert.deepEqual(await readdir(folder.path), []);
    assert.deepEqual(said, []);
  });

  test('no folder is no state', async () => {
    await using folder = await createTempFolder();
    await putBackLeft(join(folder.path, 'none'), assert.fail);
  });
});
