import { hookCall } from '@marteau/testkit';
import { openHouse } from '../tests/house/house.ts';
import { type Bench, median } from './bench.ts';
import { pollSeconds } from './hooks/polls.ts';
import { firstRequests } from './hooks/push.ts';
import { scheduleCost } from './hooks/schedules.ts';

const DELIVERIES = 1000;
const AT_ONCE = 50;
/** Nothing is there: what is measured is how calls are taken, not what git does for them. */
const REPO = 'http://127.0.0.1:9/team/shop';

export const bench: Bench = {
  name: 'hooks',
  about:
    '1,000 calls of a hook in a burst with Redis killed in the middle; what schedules and looks cost; a push against the form',
  goals: {
    hook_p99_ms: { better: 'lower', goal: 200, must: 1000 },
    hooks_lost: { better: 'lower', goal: 0 },
    hooks_twice: { better: 'lower', goal: 0 },
    schedules_core: { better: 'lower', goal: 0.01 },
    polls_s: { better: 'lower', goal: 300 },
    push_over_form: { better: 'lower', goal: 1.3 },
  },
  async run({ rounds, say }) {
    const p99s: number[] = [];
    let [lost, twice] = [0, 0];
    for (let round = 1; round <= rounds; round++) {
      say(`round ${round} of ${rounds}`);
      const { p99, kept, distinct } = await callAtOnce();
      p99s.push(p99);
      lost += DELIVERIES - distinct;
      twice += kept - distinct;
    }
    say('10,000 schedules');
    const schedules = await scheduleCost();
    say('looks at repositories');
    const polls = await pollSeconds();
    say('pushes and submissions by turns');
    const first = await firstRequests();
    const row = (about: string, metric: string, value: number, unit: string) => ({
      case: about,
      metric,
      value,
      unit,
    });
    const burst = 'a burst, Redis killed';
    return {
      rows: [
        row(burst, 'answered, p99', median(p99s), 'ms'),
        row(burst, 'lost', lost, ''),
        row(burst, 'twice', twice, ''),
        row('10,000 schedules', 'processor time', schedules, 'core'),
        row('1,000 repositories, two at a time', 'looked at in', polls.clock, 's'),
        row('1,000 repositories, two at a time', 'processor time', polls.processor, 's'),
        row('a push', 'until its first request', first.push, 'ms'),
        row('a submission', 'until its first request', first.form, 'ms'),
      ],
      ratios: {
        hook_p99_ms: median(p99s),
        hooks_lost: lost,
        hooks_twice: twice,
        schedules_core: schedules,
        polls_s: polls.clock,
        push_over_form: first.push / first.form,
      },
    };
  },
};

/** A burst of calls of a hook, with Redis killed in the middle. */
async function callAtOnce(): Promise<{ p99: number; kept: number; distinct: number }> {
  await using house = await openHouse({ workers: 0 });
  const made = await house.api<{ id: string; hook: { url: string; secret: string } }>('POST', '/projects', {
    repo: REPO,
    forge: { kind: 'github', api: 'http://127.0.0.1:9' },
  });
  const { url, secret } = made.hook;
  const calls = Array.from({ length: DELIVERIES }, (_, n) =>
    hookCall('github', {
      repo: REPO,
      secret,
      id: `bench-${n}`,
      push: { ref: `refs/heads/b${n}`, sha: n.toString(16).padStart(40, 'a') },
    }),
  );
  const took: number[] = [];
  let killing: Promise<void> | null = null;
  const next = async (): Promise<void> => {
    for (let call = calls.pop(); call !== undefined; call = calls.pop()) {
      if (calls.length === DELIVERIES / 2) killing = house.redis.kill();
      const begun = performance.now();
      const answer = await fetch(url, { method: 'POST', ...call });
      await answer.arrayBuffer();
      took.push(performance.now() - begun);
      if (answer.status !== 202) throw new Error(`a call of the hook was answered with ${answer.status}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  await killing;
  await house.redis.restart();
  const list = async (): Promise<string[]> => {
    const { deliveries } = await house.api<{ deliveries: { delivery: string }[] }>(
      'GET',
      `/projects/${made.id}/deliveries`,
    );
    return deliveries.map(({ delivery }) => delivery);
  };
  const kept = await settled(list);
  const sorted = took.toSorted((a, b) => a - b);
  return {
    p99: sorted[Math.ceil(0.99 * sorted.length) - 1]!,
    kept: kept.length,
    distinct: new Set(kept).size,
  };
}

/** The list once all are there, or half a minute later. */
async function settled(list: () => Promise<string[]>): Promise<string[]> {
  const end = performance.now() + 30_000;
  for (;;) {
    const found = await list().catch((): string[] => []);
    if (found.length >= DELIVERIES || performance.now() > end) return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
