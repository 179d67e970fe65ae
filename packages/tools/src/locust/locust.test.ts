import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Observation } from '../observation.ts';
import { locust } from './locust.ts';

test('what Locust says of its processor makes it the limit, and nothing else that it says does', () => {
  const heard: Observation[] = [];
  for (const line of [
    '[2026-11-30 10:00:00,000] host/INFO/locust.main: Starting Locust 2.46.0',
    '[2026-11-30 10:00:07,000] host/WARNING/root: CPU usage above 90%! This may constrain your throughput and may even give inconsistent response time measurements! See https://docs.locust.io',
    '[2026-11-30 10:01:07,000] host/WARNING/locust.main: CPU usage was too high at some point during the test! See https://docs.locust.io',
  ])
    locust.overhear!(line, (seen) => void heard.push(seen), 0);
  assert.equal(heard.length, 2);
  for (const seen of heard) {
    assert.ok(seen.type === 'limit' && seen.limit.share === 1);
    assert.match(seen.limit.sentence, /^Locust says of itself: CPU usage/);
  }
});
