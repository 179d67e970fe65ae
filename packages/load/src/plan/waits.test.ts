import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Waits } from './waits.ts';

describe('a wait', () => {
  for (const far of [Number.POSITIVE_INFINITY, 2 ** 40]) {
    it(`for the moment ${far} goes on until that moves nearer, and nothing is said on the console`, async () => {
      let moment = far;
      let resolved = false;
      const waits = new Waits(() => 0);
      const warnings: Error[] = [];
      const note = (warning: Error) => warnings.push(warning);
      process.on('warning', note);
      const wait = waits
        .until(() => moment)
        .then(() => {
          resolved = true;
        });
      // A timer that overflows fires after a millisecond, so before this one.
      await new Promise((done) => setTimeout(done, 2));
      assert.equal(resolved, false);
      moment = 0;
      waits.look();
      await wait;
      process.off('warning', note);
      assert.deepEqual(warnings, []);
    });
  }
});
