import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { launchPlainly } from '../fixtures/launch-plainly.ts';
import { calibrate } from '../index.ts';

describe('a calibration', () => {
  it('says what this node keeps up with, and leaves nothing running', async () => {
    const said: string[] = [];
    const { holds, breaks, probes, threads, sentence } = await calibrate({
      launch: launchPlainly,
      signal: AbortSignal.timeout(50_000),
      threads: 1,
      rate: { from: 20, to: 40 },
      forMs: 2000,
      onMessage: (message) => {
        if (message.type === 'note') said.push(message.text);
      },
    });
    // How much that is, is the machine's business; that it is told in full is ours.
    assert.equal(threads, 1);
    assert.ok(probes.length >= 1 && probes[0]?.rate === 20);
    assert.equal(said[0], 'Trying 20/s.');
    assert.ok(holds !== null || breaks === 20);
    assert.match(sentence, /^This node (generates|does not keep up with) \d+(\.\d)?\/s/);
  });

  it('ends when it is told to', async () => {
    const end = new AbortController();
    const reason = new Error('enough');
    const running = calibrate({
      launch: launchPlainly,
      signal: end.signal,
      threads: 1,
      onMessage: () => end.abort(reason),
    });
    await assert.rejects(running, reason);
  });
});
