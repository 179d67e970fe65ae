// Issue C, fault 11: a full disk while a run is cloned and unpacked, while its load is measured, and while its report
// is published. A real one: a small tmpfs, which only who may mount has.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  createTempFolder,
  startTargetServer,
  type TargetServer,
  type TempFolder,
  waitUntil,
} from '@marteau/testkit';
import { type GateServer, startGateServer } from '../house/gate-server.ts';
import { type House, openHouse } from '../house/house.ts';
import { plainProject } from '../house/projects.ts';
import { shellHold } from './shell-hold.ts';
import { isLong, LONGEST_MS, TIMES } from './size.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';
import { assertSound } from './sound.ts';

/** What is still free when the report is to be written: room for measurements and consoles, none for a report. */
const NO_REPORT_BYTES = 40_000;

const stack = new AsyncDisposableStack();
const folder: TempFolder = stack.use(await createTempFolder());
const [work, data] = [join(folder.path, 'tmp'), join(folder.path, 'data')];
await Promise.all([work, data].map((path) => mkdir(path)));
const [workDisk, dataDisk] = await Promise.all([work, data].map((path) => mountSmallDisk(path, 24)));
const refused = [workDisk!, dataDisk!].flatMap((disk) =>
  'refused' in disk ? disk.refused : stack.use(disk) && [],
);

describe('a full disk', { concurrency: 1, timeout: LONGEST_MS * 5, skip: refused[0] ?? false }, () => {
  const [forWork, forData] = [workDisk, dataDisk] as [SmallDisk, SmallDisk];
  let house: House;
  let target: TargetServer;
  let toGit: GateServer;
  let count = 0;
  before(async () => {
    // Commands and test meet by files, of which a contained command would see none.
    house = await openHouse({ workers: 2, folder: folder.path, env: { MARTEAU_CONTAIN: 'off' } });
    target = await startTargetServer();
    toGit = await startGateServer(house.git.url);
  });
  after(async () => {
    for (const each of [toGit, house, target, stack]) await each[Symbol.asyncDispose]();
  });

  async function submit(more = ''): Promise<string> {
    count += 1;
    target.forget();
    const repo = await house.git.createRepo(`disk-${count}`, plainProject(target.url, more));
    return house.submit(repo.url.replace(house.git.url, toGit.url), { email: 'ana@example.com' });
  }

  /** Each brings a run to a full disk, and resolves with its id. */
  const stages: Record<string, { reach: () => Promise<string>; reason: RegExp }> = {
    'while it is cloned': {
      async reach() {
        toGit.shut();
        const id = await submit();
        await waitUntil('the clone to hang', () => toGit.waiting > 0);
        await forWork.fill();
        toGit.open();
        return id;
      },
      reason: /disk of this node is full/,
    },
    'while it is unpacked': {
      async reach() {
        const hold = shellHold(folder.path, `before-${count}`);
        const first = await submit(`before: "${hold.command}"\n`);
        await waitUntil('before', hold.isReached);
        const id = await submit();
        await house.reaches(id, 'waiting');
        await forWork.fill();
        await house.api('POST', `/runs/${first}/cancel`);
        await assertSound(house, [first]);
        return id;
      },
      reason: /^The disk of the node node-\d is full/,
    },
    'while its load is measured': {
      async reach() {
        const id = await submit('warmup: 1s\n');
        await house.until(id, 'under load', () => target.seen.requests > 0);
        await forWork.fill();
        return id;
      },
      reason: /^The disk of the node node-\d is full/,
    },
    'while its measurements are handed over': {
      async reach() {
        const id = await submit('warmup: 1s\n');
        await house.until(id, 'under load', () => target.seen.requests > 0);
        await forData.fill();
        return id;
      },
      reason: /disk of the data folder is full/,
    },
    'while its report is published': {
      async reach() {
        const hold = shellHold(folder.path, `after-${count}`);
        const id = await submit(`after: "${hold.command}"\n`);
        await waitUntil('after', hold.isReached);
        await forData.fill(NO_REPORT_BYTES);
        await hold.letGo();
        return id;
      },
      reason: /disk of the data folder is full, so \S+ was not stored/,
    },
  };

  // The short form has one of each disk, and the report.
  const chosen = Object.entries(stages).filter(([name]) => isLong || /cloned|measured|published/.test(name));
  for (const [name, { reach, reason }] of chosen) {
    test(`${name}, ${TIMES} x: the reason is named, and the next run is well`, {
      timeout: LONGEST_MS,
    }, async () => {
      for (let time = 0; time < TIMES; time++) {
        const id = await reach();
        const run = await house.ends(id);
        assert.equal(run.state, 'error');
        assert.match(run.reason!, reason);
        await Promise.all([forWork.free(), forData.free()]);
        const next = await submit();
        const [, after] = await assertSound(house, [id, next]);
        assert.equal(after!.verdict, 'pass', after!.reason ?? '');
      }
    });
  }
});
