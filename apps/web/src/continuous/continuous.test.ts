import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { hasEnded, type Run } from '@marteau/shared';
import {
  createTempFolder,
  type FakeForge,
  type GitRepo,
  type HookNews,
  hookCall,
  startFakeForge,
  startGitServer,
  waitUntil,
} from '@marteau/testkit';
import { driveRun, joinNode } from '../fixtures/drive-run.ts';
import { openTestbed, type Testbed } from '../fixtures/testbed.ts';

const file = `
name: Shop
script: a.test.ts
load: [{users: 1, for: 1s}]
when:
  push: {branches: [main, "release/*"], paths: ["src/**"]}
  pull: {profile: smoke}
profiles: {smoke: {load: [{users: 2, for: 1s}]}}
`;

type Kind = FakeForge['kind'];
type News = HookNews extends infer N ? (N extends unknown ? Omit<N, 'repo' | 'secret'> : never) : never;

interface Connected extends AsyncDisposable {
  bed: Testbed;
  forge: FakeForge;
  repo: GitRepo;
  first: string;
  id: string;
  /** Delivers what happened, and resolves with what became of it once that is known. */
  deliver(news: News): Promise<{ state: string; why: string | null; runs: string[] }>;
  runs(): Promise<Run[]>;
  status(commit: string, context?: string): string | undefined;
}

/** A server, a repository, and its forge. */
async function connect(kind: Kind = 'github', files: Record<string, string> = {}): Promise<Connected> {
  const stack = new AsyncDisposableStack();
  const git = stack.use(await startGitServer());
  const forge = stack.use(await startFakeForge(kind));
  const folder = stack.use(await createTempFolder());
  const secrets = join(folder.path, 'secrets.yml');
  await writeFile(secrets, `git: {"${new URL(forge.url).host}": forge-token}\n`, { mode: 0o600 });
  const bed = stack.use(await openTestbed({ MARTEAU_SECRETS: secrets }));
  const repo = await git.createRepo('team/shop', { '.marteau.yml': file, 'a.test.ts': '', ...files });
  const made = await bed.call('POST', '/api/v1/projects', {
    repo: repo.url,
    forge: { kind, api: forge.url },
  });
  const { id, hook } = (await made.json()) as { id: string; hook: { url: string; secret: string } };
  bed.work();
  return {
    bed,
    forge,
    repo,
    id,
    first: await repo.git('rev-parse', 'HEAD'),
    async deliver(news) {
      const { headers, body } = hookCall(kind, { repo: repo.url, secret: hook.secret, ...news } as HookNews);
      const answer = await fetch(hook.url, { method: 'POST', headers, body });
      const said = (await answer.json()) as { delivery?: string; ignored?: string };
      if (answer.status === 200) return { state: 'ignored', why: said.ignored ?? '', runs: [] };
      assert.equal(answer.status, 202);
      return waitUntil('what became of it', async () => {
        const found = await bed.store.arrivals.get(id, said.delivery!);
        return found && found.state !== 'waiting' && found;
      });
    },
    runs: async () => (await bed.store.runs.list({ limit: 200 })).runs,
    status: (commit, context = 'marteau/Shop') => forge.statuses.get(`${commit} ${context}`)?.state,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const main = (sha: string, more = {}) => ({ push: { ref: 'refs/heads/main', sha, ...more } });

test('a push starts a run of its commit, and its status goes from pending to its end', async () => {
  await using all = await connect();
  const { bed, forge, first } = all;
  const { state, runs } = await all.deliver(main(first, { files: ['src/a.ts'] }));
  assert.deepEqual([state, runs.length], ['done', 1]);
  const run = await bed.store.runs.get(runs[0]!);
  assert.deepEqual(
    [run?.ref, run?.trigger, run?.by, run?.cause?.kind, run?.cause?.ref, run?.profile],
    [first, 'push', 'ada', 'push', 'main', null],
  );
  await waitUntil('the status', () => all.status(first) === 'pending');
  const node = await joinNode(bed.store, 'n1');
  const driven = driveRun(bed.store, runs[0]!);
  await driven.prepare();
  await driven.enterLine({ commit: first });
  await driven.start(node);
  await driven.finish({ verdict: 'fail', reason: 'p95 412 ms (wanted < 300 ms)' });
  await waitUntil('the end', () => all.status(first) === 'failure');
  const told = forge.statuses.get(`${first} marteau/Shop`);
  assert.equal(told?.description, 'fail: p95 412 ms (wanted < 300 ms)');
  assert.match(told?.url ?? '', new RegExp(`^http://127.0.0.1:\\d+/runs/${runs[0]}$`));
  assert.equal(forge.comments.length, 0);
  await waitUntil('what was told is noted', async () => {
    const { deliveries } = (await bed.store.runs.get(runs[0]!))!;
    const own = deliveries.filter(({ kind }) => kind !== 'mail');
    return own.length === 1 && own[0]!.kind === 'status' && own[0]!.state === 'sent';
  });
  await node.leave();
});

test('what starts no run says why', async () => {
  await using all = await connect();
  const { repo, first } = all;
  await repo.git('checkout', '-q', '-b', 'quick');
  const quick = await repo.commit({ 'src/a.ts': '1' }, 'Quick [skip ci]');
  await repo.git('checkout', '-q', '-b', 'bare', first);
  const bare = await repo.commit({ '.marteau.yml': 'script: a.test.ts\n' });
  await repo.git('checkout', '-q', '-b', 'broken', first);
  const broken = await repo.commit({ '.marteau.yml': 'scrip: a.test.ts\n' });
  await repo.git('checkout', '-q', '-b', 'none', first);
  const none = await repo.commit({});
  await repo.git('rm', '-q', '.marteau.yml');
  const gone = await repo.commit({});
  await repo.git('checkout', '-q', 'main');
  const pull = (head: string, headRef: string, more = {}) => ({
    pull: { number: 3, head, base: first, headRef, ...more },
  });
  for (const [news, why] of [
    [main(first, { files: ['docs/a.md'] }), /No file of when\.push\.paths/],
    [main(first, { message: 'Fix [no ci]' }), /says \[no ci\]/],
    [{ push: { ref: 'refs/heads/quick', sha: quick } }, /branch quick is none of/],
    [{ push: { ref: 'refs/heads/none', sha: none } }, /is at [0-9a-f]{8} by now/],
    [{ push: { ref: 'refs/heads/none', sha: gone } }, /There is no \.marteau\.yml/],
    [{ push: { ref: 'refs/heads/broken', sha: broken } }, /mistakes .*unknown field 'scrip'/],
    [{ push: { ref: 'refs/heads/bare', sha: bare } }, /no `when/],
    [{ push: { ref: 'refs/heads/never-was', sha: quick } }, /never-was/],
    [pull(quick, 'quick', { draft: true }), /is a draft/],
    [pull(quick, 'quick', { fork: true }), /has no branch, tag or commit "refs\/pull\/3\/head"/],
    [pull(quick, 'quick', { title: 'X [skip marteau]' }), /title says/],
    [pull(first, 'quick'), /is at .* by now/],
    [pull(quick, 'quick', { action: 'closed' }), /#3 is over/],
  ] as [News, RegExp][]) {
    const { state, why: said } = await all.deliver(news);
    assert.notEqual(state, 'done', JSON.stringify(news));
    assert.match(said ?? '', why);
  }
  assert.deepEqual(await all.runs(), []);
});

for (const kind of ['github', 'gitlab', 'gitea', 'forgejo', 'bitbucket'] as const) {
  test(`${kind}: a pull request has one run a head, one status, and one comment that is kept up to date`, async () => {
    await using all = await connect(kind);
    const { bed, forge, repo, first } = all;
    const context = 'marteau/Shop/smoke';
    await repo.git('checkout', '-q', '-b', 'quick');
    const node = await joinNode(bed.store, 'n1');
    const ends: Record<string, string>[] = [
      { verdict: 'pass' },
      { verdict: 'fail', reason: 'p95 412 ms | @team <b> (wanted < 300 ms)' },
      { verdict: 'pass' },
    ];
    for (const [n, outcome] of ends.entries()) {
      const head = await repo.commit({ 'src/a.ts': String(n) });
      forge.pulls.set(7, { head, base: first, open: true });
      const pull = {
        number: 7,
        head,
        base: first,
        headRef: 'quick',
        action: n === 0 ? 'opened' : 'synchronize',
      } as const;
      const { state, runs, why } = await all.deliver({ pull });
      assert.deepEqual([state, runs.length], ['done', 1], why ?? '');
      assert.deepEqual((await all.deliver({ pull })).runs, runs, 'the same key');
      const run = await bed.store.runs.get(runs[0]!);
      assert.deepEqual([run?.profile, run?.cause?.pull?.number, run?.ref], ['smoke', 7, head]);
      const driven = driveRun(bed.store, runs[0]!);
      await driven.prepare();
      await driven.enterLine({ commit: head, name: 'Shop' });
      await driven.start(node);
      await driven.finish({ ...outcome, summary: null });
      await waitUntil('all to be told', async () =>
        (await bed.store.deliveries.of(runs[0]!)).every(
          ({ kind, state }) => kind === 'mail' || state === 'sent',
        ),
      );
      assert.match(all.status(head, context) ?? '', outcome.verdict === 'pass' ? /^success/i : /^fail/i);
      const ours = forge.comments.map(({ body }) => body);
      assert.equal(ours.length, n === 0 ? 0 : 1, 'nothing to say, then kept');
      if (n === 1) {
        assert.match(ours[0]!, /✗ fail/);
        assert.doesNotMatch(ours[0]!, /<b>|@team/);
      }
      if (n === 2) assert.match(ours[0]!, /✓ pass/);
    }
    await node.leave();
  });
}

test('a new head, and the end of a pull request, cancel what runs for an older one; on main nothing is cancelled', async () => {
  await using all = await connect();
  const { bed, forge, repo, first } = all;
  const second = await repo.commit({ 'src/b.ts': '1' });
  const both = [await all.deliver(main(first)), await all.deliver(main(second))];
  await repo.git('checkout', '-q', '-b', 'quick');
  const heads: string[] = [];
  const runs: string[] = [];
  for (const n of [1, 2]) {
    heads.push(await repo.commit({ 'src/a.ts': String(n) }));
    const pull = {
      number: 7,
      head: heads.at(-1)!,
      base: second,
      headRef: 'quick',
      action: 'synchronize',
    } as const;
    runs.push(...(await all.deliver({ pull })).runs);
  }
  const stateOf = async (id: string) => (await bed.store.runs.get(id))?.state;
  assert.deepEqual([await stateOf(runs[0]!), await stateOf(runs[1]!)], ['cancelled', 'queued']);
  await waitUntil('the older one', () => all.status(heads[0]!, 'marteau/Shop/smoke') === 'error');
  assert.match(
    forge.statuses.get(`${heads[0]} marteau/Shop/smoke`)?.description ?? '',
    new RegExp(`^Cancelled by the newer commit ${heads[1]!.slice(0, 8)}`),
  );
  await all.deliver({
    pull: { number: 7, head: heads[1]!, base: second, headRef: 'quick', action: 'closed' },
  });
  assert.equal(await stateOf(runs[1]!), 'cancelled');
  for (const { runs } of both) assert.equal(await stateOf(runs[0]!), 'queued');
});

test('a forge that refuses, asks for a pause or is away: the delivery of the run says so', async () => {
  await using all = await connect();
  const { bed, forge, first } = all;
  forge.troubles = [{ status: 403, headers: { 'retry-after': '3600' } }];
  const { runs } = await all.deliver(main(first));
  const status = () => bed.store.deliveries.of(runs[0]!).then(([one]) => one);
  const paused = await waitUntil('the pause', async () => {
    const one = await status();
    return one?.detail !== '' && one;
  });
  assert.deepEqual([paused.state, paused.tries], ['waiting', 1]);
  assert.match(paused.detail, /asks for a pause \(403\)/);
  // What is news is told at once, whatever was asked for before it.
  forge.troubles = [{ status: 404 }];
  await bed.store.runs.cancel(runs[0]!, { kind: 'anonymous', id: '' });
  const refused = await waitUntil('the refusal', async () => {
    const one = await status();
    return one?.state === 'refused' && one;
  });
  assert.match(refused.detail, /knows no such repository/);
  assert.ok(hasEnded((await bed.store.runs.get(runs[0]!))!.state));
});

test('a delivery that is replayed starts another run; a git host that is away is tried again', async () => {
  await using all = await connect();
  const { bed, id, first, repo } = all;
  const { runs } = await all.deliver(main(first));
  const [delivery] = await bed.store.arrivals.list(id);
  const answer = await bed.call('POST', `/api/v1/projects/${id}/deliveries/${delivery?.id}/replay`);
  assert.equal(answer.status, 202);
  const again = await waitUntil(
    'it again',
    async () => (await all.runs()).length === 2 && (await all.runs()),
  );
  assert.ok(again.some((run) => run.id === runs[0]));
  await repo.git('update-ref', '-d', 'refs/heads/main');
  assert.equal((await all.deliver(main('f'.repeat(40)))).state, 'failed');
});

test('the head of a pull request that passed is compared with where it left the branch: told when that is decided, and accepted', async () => {
  await using all = await connect('github', {
    '.marteau.yml': `${file}`.replace('profile: smoke', 'gate: confirmed'),
  });
  const { bed, forge, repo, first } = all;
  await repo.git('checkout', '-q', '-b', 'quick');
  const head = await repo.commit({ 'src/a.ts': '1' });
  forge.pulls.set(7, { head, base: first, open: true });
  const pull = { number: 7, head, base: first, headRef: 'quick' } as const;
  const { runs } = await all.deliver({ pull });
  const id = runs[0]!;
  const { cause } = (await bed.store.runs.get(id))!;
  assert.deepEqual(
    [cause?.pull?.base, cause?.pull?.gate, cause?.pull?.maxTimeMs],
    [first, 'confirmed', 2_700_000],
  );
  const node = await joinNode(bed.store, 'n1');
  const driven = driveRun(bed.store, id);
  await driven.prepare();
  await driven.enterLine({ commit: head, name: 'Shop', target: 'the app of this repository' });
  await driven.start(node);
  const begun = await bed.store.confirmations.beginCheck(id, {
    base: first,
    until: '2099-01-01T00:00:00.000Z',
  });
  await driven.finish({ verdict: 'pass' });
  const status = () => forge.statuses.get(`${head} marteau/Shop`);
  await waitUntil('the run to be told', () => status()?.description.startsWith('passed; compared'));
  assert.equal(status()?.state, 'pending');
  // What passed, and is not found worse so far, is nothing to be accepted.
  const early = await bed.call('POST', `/api/v1/runs/${id}/accept`);
  assert.deepEqual([early.status, ((await early.json()) as { code: string }).code], [409, 'not-acceptable']);
  assert.doesNotMatch(await (await bed.get(`/runs/${id}`)).text(), /Accept this change/);
  const worse = {
    ...begun,
    decision: 'worse',
    sentence: 'Confirmed worse: p95 at 2 users +21 % over 3 pairs of runs by turns.',
    pairs: 3,
    change: 0.21,
    low: 0.18,
    high: 0.24,
    smallest: 0.083,
    figures: [
      {
        metric: 'p95',
        label: null,
        load: '2 users',
        change: 0.21,
        low: 0.18,
        high: 0.24,
        direction: 'worse',
      },
      {
        metric: 'p95',
        label: 'GET /<b>',
        load: '2 users',
        change: 0.4,
        low: 0.3,
        high: 0.5,
        direction: 'worse',
      },
      { metric: 'rate', label: null, load: '2 users', change: 0, low: -0.01, high: 0.01, direction: 'same' },
    ],
    endedAt: new Date().toISOString(),
  } satisfies typeof begun;
  await bed.store.confirmations.keep(worse);
  await waitUntil('the end', () => status()?.state === 'failure');
  const [comment] = await waitUntil('the comment', () => forge.comments.length === 1 && forge.comments);
  assert.match(comment!.body, /\*\*✗ worse\*\* · Shop at/);
  assert.match(
    comment!.body,
    /\| p95 at 2 users \| \+21 % \| \+18 % … \+24 % \| worse \|\n\| p95 of GET \/&lt;b&gt; at/,
  );
  assert.match(comment!.body, /nine of ten such checks find a change of 9 % and more/);
  assert.doesNotMatch(comment!.body, /rate at 2 users/);
  const page = await (await bed.get(`/runs/${id}`)).text();
  assert.match(page, /Pull request #7, against/);
  assert.match(page, /Accept this change/);
  const accepted = await bed.submitForm(`/runs/${id}/accept`);
  assert.equal(accepted.status, 303);
  await waitUntil('it to be accepted', () => status()?.state === 'success');
  await waitUntil('the comment to say so', () => forge.comments[0]!.body.includes('Accepted as it is by'));
  // Asked for once more, all is told again, with a place each as before.
  const before = await bed.store.deliveries.of(id);
  const calls = forge.calls.length;
  const index = before.findIndex(({ kind }) => kind === 'status');
  assert.equal((await bed.submitForm(`/runs/${id}/deliveries/${index}/again`)).status, 303);
  await waitUntil('it to be sent again', () => forge.calls.length > calls);
  const places = async () => (await bed.store.deliveries.of(id)).map(({ kind, to }) => [kind, to]);
  assert.deepEqual(
    await places(),
    before.map(({ kind, to }) => [kind, to]),
  );
  assert.equal(forge.comments.length, 1);
  await node.leave();
});

test('a new head ends the comparison of the one before, and its status says so', async () => {
  await using all = await connect();
  const { bed, forge, repo, first } = all;
  await repo.git('checkout', '-q', '-b', 'quick');
  const heads = [await repo.commit({ 'src/a.ts': '1' })];
  const pull = { number: 7, base: first, headRef: 'quick' } as const;
  const { runs } = await all.deliver({ pull: { ...pull, head: heads[0]! } });
  const node = await joinNode(bed.store, 'n1');
  const driven = driveRun(bed.store, runs[0]!);
  await driven.prepare();
  await driven.enterLine({ commit: heads[0]!, target: 'the app of this repository' });
  await driven.start(node);
  await bed.store.confirmations.beginCheck(runs[0]!, { base: first, until: '2099-01-01T00:00:00.000Z' });
  await driven.finish({ verdict: 'pass' });
  heads.push(await repo.commit({ 'src/a.ts': '2' }));
  await all.deliver({ pull: { ...pull, head: heads[1]!, action: 'synchronize' } });
  await waitUntil('the older one', () => all.status(heads[0]!, 'marteau/Shop/smoke') === 'error');
  assert.deepEqual(await bed.store.confirmations.open(), []);
  assert.match(
    forge.statuses.get(`${heads[0]} marteau/Shop/smoke`)?.description ?? '',
    /^Cancelled after 0 pairs/,
  );
  await node.leave();
});

test('the head of a fork is run once a person approves it: by the file of the base, for this head alone, and marked for nodes of its own', async () => {
  await using all = await connect();
  const { bed, forge, repo, first } = all;
  await repo.git('checkout', '-q', '--detach', 'main');
  const heads: string[] = [];
  for (const n of [1, 2]) {
    // Its own file would run without asking.
    const own = file.replace('Shop', `Mine ${n}`).replace('profile: smoke}', 'forks: run}');
    heads.push(await repo.commit({ '.marteau.yml': own }));
  }
  await repo.git('checkout', '-q', 'main');
  const come = async (head: string) => {
    await repo.git('update-ref', 'refs/pull/9/head', head);
    forge.pulls.set(9, { head, base: first, open: true });
    return all.deliver({ pull: { number: 9, head, base: first, headRef: 'theirs', fork: true } });
  };
  const status = (head: string) => forge.statuses.get(`${head} marteau/Shop/smoke`);
  const one = await come(heads[0]!);
  assert.deepEqual([one.state, one.runs], ['asked', []]);
  assert.match(one.why ?? '', /somebody has to approve/);
  assert.deepEqual([status(heads[0]!)?.state, (await all.runs()).length], ['pending', 0]);
  const two = await come(heads[1]!);
  assert.equal(two.state, 'asked');
  const waiting = (await bed.store.arrivals.list(all.id)).filter(({ state }) => state === 'asked');
  const [newer, older] = [1, 0].map((n) => waiting.find(({ events }) => events[0]?.sha === heads[n])!);
  // The older head is asked about, and is not there any more.
  assert.equal((await bed.submitForm(`/projects/${all.id}/deliveries/${older!.id}/approve`)).status, 303);
  await waitUntil('it to be looked at', async () =>
    (await bed.store.arrivals.list(all.id)).some(
      ({ approvedBy, state }) => approvedBy && state === 'ignored',
    ),
  );
  assert.equal((await all.runs()).length, 0);
  const approve = () => bed.call('POST', `/api/v1/projects/${all.id}/deliveries/${newer!.id}/approve`);
  assert.equal((await approve()).status, 202);
  const run = await waitUntil('the run', async () => (await all.runs())[0]);
  assert.deepEqual(
    [run.ref, run.loadOf, run.cause?.pull?.fork, run.cause?.context, run.profile],
    [heads[1], first, true, 'marteau/Shop/smoke', 'smoke'],
  );
  assert.equal(((await (await approve()).json()) as { code: string }).code, 'nothing-to-approve');
  assert.match((await come(heads[1]!)).why ?? '', /approved already/);
  assert.equal((await all.runs()).length, 1);
});
