// Issue C, fault 12: nodes whose clocks are off by a day. Their shares start together, and the record has right times.
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readResults } from '@marteau/report/schema';
import { createTempFolder, startTargetServer, type TargetServer, type TempFolder } from '@marteau/testkit';
import { type House, openHouse } from '../house/house.ts';
import { scriptOf, visitHello } from '../house/projects.ts';
import { CLOCK_STARTS, LONGEST_MS } from './size.ts';
import { assertSound } from './sound.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SKEW_MS = 100;
const wrongClock = fileURLToPath(new URL('fixtures/wrong-clock.ts', import.meta.url));

describe('clocks that are off by a day', { concurrency: 1, timeout: LONGEST_MS * 2 }, () => {
  let house: House;
  let target: TargetServer;
  let folder: TempFolder;
  before(async () => {
    // Scripts and test meet by files, of which a contained script would see none.
    house = await openHouse({ env: { MARTEAU_PREFLIGHT: '0', MARTEAU_CONTAIN: 'off' } });
    target = await startTargetServer();
    folder = await createTempFolder();
    // The engine takes no NODE_OPTIONS of a project.
    const node = join(folder.path, 'node');
    await writeFile(node, `#!/bin/sh\nexec ${process.execPath} --import ${wrongClock} "$@"\n`, {
      mode: 0o755,
    });
    const env = { NODE_OPTIONS: `--import ${wrongClock}`, WRONG_CLOCK_NODE: node };
    for (const name of ['ahead-24', 'behind-24']) await house.startWorker(name, env);
  });
  after(async () => {
    for (const each of [house, target, folder]) await each[Symbol.asyncDispose]();
  });

  /** How far apart the first iterations of the shares began, ms, by the machine's counter; their clocks were wrong. */
  async function skewOf(round: number): Promise<number> {
    const names = (await readdir(folder.path)).filter((name) => name.startsWith(`${round}-`));
    assert.equal(names.length, 3, names.join());
    const begun = await Promise.all(
      names.map(async (name) => {
        const [counter, clock] = (await readFile(join(folder.path, name), 'utf8')).split(' ');
        const expected = name.includes('ahead') ? DAY_MS : name.includes('behind') ? -DAY_MS : 0;
        const off = Number(clock) - Date.now();
        assert.ok(Math.abs(off - expected) < HOUR_MS, `the script on ${name} saw a clock off by ${off} ms`);
        return Number(BigInt(counter!)) / 1e6;
      }),
    );
    return Math.max(...begun) - Math.min(...begun);
  }

  test(`the shares of ${CLOCK_STARTS} runs over three nodes start together`, {
    timeout: LONGEST_MS,
  }, async (t) => {
    const skews: number[] = [];
    for (let round = 0; round < CLOCK_STARTS; round++) {
      // The first iteration of each share writes down when it began.
      const begin = `
      const path = '${folder.path}/${round}-' + encodeURIComponent(process.cwd());
      try { writeFileSync(path, process.hrtime.bigint() + ' ' + Date.now(), { flag: 'wx' }); } catch {}`;
      const file = `script: plain.test.ts\ntarget: ${target.url}\nnodes: 3\ncycles: 3\nduration: 2s\nramp: 0s\n`;
      const repo = await house.git.createRepo(`clocks-${round}`, {
        '.marteau.yml': file,
        'plain.test.ts': scriptOf(begin + visitHello, `import { writeFileSync } from 'node:fs';`),
      });
      const submittedAt = Date.now();
      const id = await house.submit(repo.url, { email: 'ana@example.com' });
      const [run] = await assertSound(house, [id]);
      assert.equal(run!.verdict, 'pass', run!.reason ?? '');
      skews.push(await skewOf(round));

      const results = readResults(await house.file(id, 'results.json'));
      assert.equal(results.nodes.length, 3);
      for (const moment of [run!.startedAt!, run!.endedAt!, ...run!.timeline.map(({ at }) => at)])
        assert.ok(Math.abs(Date.parse(moment) - submittedAt) < HOUR_MS, `${moment} is not of today`);
    }
    skews.sort((a, b) => a - b);
    const median = skews[skews.length >> 1]!;
    t.diagnostic(`apart: median ${median.toFixed(1)} ms, most ${skews.at(-1)!.toFixed(1)} ms`);
    assert.ok(skews.at(-1)! <= SKEW_MS, `the starts were ${skews.map(Math.round).join(', ')} ms apart`);
  });

  test('the page of nodes tells by how much', async () => {
    const { nodes } = await house.api<{ nodes: { name: string; clockOffset: number }[] }>('GET', '/nodes');
    const offsets = Object.fromEntries(nodes.map(({ name, clockOffset }) => [name, clockOffset]));
    assert.ok(Math.abs(offsets['ahead-24']! - DAY_MS) < 60_000, JSON.stringify(offsets));
    assert.ok(Math.abs(offsets['behind-24']! + DAY_MS) < 60_000, JSON.stringify(offsets));
  });
});
