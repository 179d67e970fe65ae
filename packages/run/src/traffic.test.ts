import assert from 'node:assert/strict';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseFile, resolveFile } from '@marteau/file';
import { createTempFolder } from '@marteau/testkit';
import { readTraffic } from './traffic.ts';

test('the traffic that a file names is read from its folder, and nowhere else', async () => {
  await using folder = await createTempFolder();
  const read = async (name: string) => {
    const { file } = resolveFile(parseFile(`script: a.test.ts\nload: ${name}`).file!);
    return (await readTraffic(folder.path, file!)).load.plan.steps[0]!.traffic;
  };
  await writeFile(join(folder.path, 'day.csv'), 'requests\n30\n90\n');
  assert.deepEqual(await read('day.csv'), { file: 'day.csv', minutes: [30, 90] });
  await assert.rejects(read('week.csv'), {
    code: 'traffic-unusable',
    message: /^The traffic in week\.csv cannot be played: there is no such file\. Check `load`/,
  });
  await writeFile(join(folder.path, 'text.csv'), 'requests\nmany\n');
  await assert.rejects(read('text.csv'), { message: /row 1 has 'many' in the column 'requests'/ });
  await symlink('/etc/hostname', join(folder.path, 'link.csv'));
  await assert.rejects(read('link.csv'), { code: 'traffic-unusable' });
});
