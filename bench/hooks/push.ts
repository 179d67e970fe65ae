import { hookCall, startTargetServer } from '@marteau/testkit';
import { openHouse } from '../../tests/house/house.ts';
import { plainProject } from '../../tests/house/projects.ts';
import { median } from '../bench.ts';

const TURNS = 5;
const LOOK_MS = 5;
const DEADLINE_MS = 120_000;

/** How long it takes from a push, and from a submission by hand, to the first request of the run, in ms: by turns. */
export async function firstRequests(): Promise<{ push: number; form: number }> {
  await using target = await startTargetServer();
  await using house = await openHouse();
  const repo = await house.git.createRepo('team/shop', plainProject(target.url, 'when: {push: {}}\n'));
  const { hook } = await house.api<{ hook: { url: string; secret: string } }>('POST', '/projects', {
    repo: repo.url,
    forge: { kind: 'generic', api: house.git.url },
  });
  const took = { push: [] as number[], form: [] as number[] };
  const push = async (sha: string): Promise<void> => {
    const { headers, body } = hookCall('generic', {
      repo: repo.url,
      secret: hook.secret,
      push: { ref: 'refs/heads/main', sha },
    });
    const answer = await fetch(hook.url, { method: 'POST', headers, body });
    if (answer.status !== 202) throw new Error(`a call of the hook was answered with ${answer.status}`);
  };
  // The first run of each is not counted: what is loaded once is loaded then.
  for (let turn = 0; turn <= TURNS; turn++) {
    for (const way of turn % 2 === 0 ? (['push', 'form'] as const) : (['form', 'push'] as const)) {
      const sha = await repo.commit({ README: `${turn} ${way}` });
      target.forget();
      const begun = performance.now();
      await (way === 'push' ? push(sha) : house.submit(repo.url));
      while (target.seen.requests === 0) {
        if (performance.now() - begun > DEADLINE_MS) throw new Error(`nothing was asked for after a ${way}`);
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
      if (turn > 0) took[way].push(performance.now() - begun);
      const { runs } = await house.api<{ runs: { id: string }[] }>('GET', '/runs?limit=1');
      await house.ends(runs[0]!.id, DEADLINE_MS);
    }
  }
  return { push: median(took.push), form: median(took.form) };
}
