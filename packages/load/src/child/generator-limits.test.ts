import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Measurements } from '@marteau/measure';
import { cycle, measure } from '../fixtures/run-script.ts';

/** A network of its own, with nothing in it but a loopback; nothing that is done to it touches the machine's. */
const ownNetwork = [process.getuid?.() === 0 ? '-n' : '-Urn', 'sh', '-c'];
const canHaveOne = spawnSync('unshare', [...ownNetwork, 'ip link set lo up']).status === 0;
const fewPorts =
  'ip link set lo up; echo "20000 20020" > /proc/sys/net/ipv4/ip_local_port_range; exec "$0" "$1"';

describe('a generator that is the limit itself says so:', () => {
  it('users wait for each other between their iterations, and Little’s law does not hold', async () => {
    const measurements = await measure({
      script: `
        import { test } from 'node:test';
        test('computes', () => { for (const end = performance.now() + 5; performance.now() < end; ); });`,
      steps: [cycle(20, { durationMs: 6000 })],
    });
    const limit = measurements.generator.limits.find(({ code }) => code === 'between');
    assert.ok(limit && limit.share > 0.5, JSON.stringify(measurements.generator.limits));
    assert.match(limit.sentence, /users spent up to \d+(\.\d)? % of their time between iterations/);
  });

  it('ports are exhausted: counted by name, with what to do, and the load goes on', {
    skip: !canHaveOne && 'this machine allows no network of its own',
  }, async () => {
    const program = fileURLToPath(new URL('../fixtures/without-ports.ts', import.meta.url));
    const { stdout } = await promisify(execFile)('unshare', [
      ...ownNetwork,
      fewPorts,
      process.execPath,
      program,
    ]);
    const { outcomes, limits, messages } = JSON.parse(stdout) as {
      outcomes: Record<string, number>;
      limits: Measurements['generator']['limits'];
      messages: string[];
    };
    assert.deepEqual(Object.keys(outcomes).sort(), ['200', 'EADDRNOTAVAIL']);
    assert.ok(outcomes['200']! > 40, 'who has a connection goes on');
    assert.match(messages.join('\n'), /EADDRNOTAVAIL: .*no port is left.*net\.ipv4\.ip_local_port_range/);
    const limit = limits.find(({ code }) => code === 'sockets');
    assert.match(
      limit!.sentence,
      /the system gave no more sockets \(EADDRNOTAVAIL\)\. Keep connections open/,
    );
  });
});
