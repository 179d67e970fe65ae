import assert from 'node:assert/strict';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parseFile, renderProblems } from '@marteau/file';
import { findScripts } from '@marteau/run';
import { createTempFolder } from '@marteau/testkit';
import { toolFile } from './tool-file.ts';

const examples = join(import.meta.dirname, '../../../../examples');
const project = { name: 'shop', target: 'http://shop.example' };

describe('a .marteau.yml around a script that is there already', () => {
  for (const [name, script, runner] of [
    ['k6', 'shop.js', 'k6'],
    ['locust', 'locustfile.py', 'locust'],
    ['jmeter', 'shop.jmx', 'jmeter'],
    ['gatling', 'src/test/java/shop/ShopSimulation.java', 'gatling'],
  ] as const)
    test(`of ${name}`, async () => {
      await using folder = await createTempFolder();
      await cp(join(examples, name), folder.path, { recursive: true });
      await rm(join(folder.path, '.marteau.yml'));
      const [first, ...others] = await findScripts(folder.path);
      assert.equal(first!.path, script);
      const { file, problems } = parseFile(toolFile(project, first!, others));
      assert.equal(renderProblems(problems), '');
      assert.deepEqual([file!.script, file!.runner, file!.target], [script, runner, 'http://shop.example']);
      assert.equal(file!.cycles === undefined, name !== 'locust', 'Locust alone cannot run without a load');
    });

  test('of two tools names the other one', async () => {
    await using folder = await createTempFolder();
    await writeFile(join(folder.path, 'a.js'), "import http from 'k6/http';");
    await writeFile(join(folder.path, 'locustfile.py'), 'from locust import HttpUser, task');
    await writeFile(join(folder.path, 'b.test.js'), "import { test } from 'node:test';");
    const [first, ...others] = await findScripts(folder.path);
    assert.match(
      toolFile(project, first!, others),
      /script: "a\.js"\n# Also here: script: "locustfile\.py" \(Locust file\)\n/,
    );
  });
});

test('what was installed, and who is no script, is not looked at', async () => {
  await using folder = await createTempFolder();
  await cp(join(examples, 'k6'), join(folder.path, 'node_modules/x'), { recursive: true });
  await writeFile(join(folder.path, 'compose.yml'), 'services: {}\n');
  assert.deepEqual(await findScripts(folder.path), []);
  assert.match(await readFile(join(folder.path, 'compose.yml'), 'utf8'), /services/);
});
