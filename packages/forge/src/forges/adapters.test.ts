import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sourcesPolicy } from '@marteau/net';
import { type FakeForge, startFakeForge } from '@marteau/testkit';
import { type ForgeAccess, openForgeApi } from '../api/forge-api.ts';
import { ForgeRefusal } from '../api/forge-refusal.ts';
import { type KnownComment, keepComment } from '../comment.ts';
import { closeIssue, findIssue, openIssue } from '../issue.ts';
import { forgeOf } from '../registry.ts';
import type { StatusState } from '../status.ts';

const commit = 'c'.repeat(40);
const repo = new URL('https://git.example.com/team/shop.git');

const apiOf = (fake: Pick<FakeForge, 'url'>, more: Partial<ForgeAccess> = {}) =>
  openForgeApi({
    base: fake.url,
    repo,
    token: 'forge-token',
    allowed: sourcesPolicy({ allowPrivate: true }),
    signal: AbortSignal.timeout(60_000),
    now: Date.now,
    ...more,
  });

const refused = async (work: Promise<unknown>): Promise<ForgeRefusal> => {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ForgeRefusal, String(error));
  return error;
};

const states: Record<string, Record<StatusState, string>> = {
  github: {
    pending: 'pending',
    running: 'pending',
    success: 'success',
    failure: 'failure',
    error: 'error',
    unjudged: 'success',
    cancelled: 'error',
  },
  gitlab: {
    pending: 'pending',
    running: 'running',
    success: 'success',
    failure: 'failed',
    error: 'failed',
    unjudged: 'success',
    cancelled: 'canceled',
  },
  gitea: {
    pending: 'pending',
    running: 'pending',
    success: 'success',
    failure: 'failure',
    error: 'error',
    unjudged: 'warning',
    cancelled: 'error',
  },
  bitbucket: {
    pending: 'INPROGRESS',
    running: 'INPROGRESS',
    success: 'SUCCESSFUL',
    failure: 'FAILED',
    error: 'FAILED',
    unjudged: 'SUCCESSFUL',
    cancelled: 'STOPPED',
  },
};

for (const kind of ['github', 'gitlab', 'gitea', 'forgejo', 'bitbucket'] as const) {
  const forge = forgeOf(kind);
  const tell = (fake: Pick<FakeForge, 'url'>, more: { state?: StatusState; description?: string } = {}) =>
    forge.status!(apiOf(fake), commit, {
      context: 'marteau/Shop',
      state: 'pending',
      description: 'queued',
      url: 'https://marteau.example.com/runs/r1',
      ...more,
    });

  describe(kind, () => {
    test('every state of a status, and the same one twice', async () => {
      await using fake = await startFakeForge(kind);
      for (const [state, written] of Object.entries(states[kind === 'forgejo' ? 'gitea' : kind]!)) {
        await tell(fake, { state: state as StatusState, description: 'x'.repeat(300) });
        await tell(fake, { state: state as StatusState });
        assert.equal(fake.statuses.get(`${commit} marteau/Shop`)?.state, written, state);
      }
      assert.equal(fake.statuses.size, 1);
    });

    test('one comment: made, found on the second page, changed in place, and never by an older run', async () => {
      await using fake = await startFakeForge(kind);
      fake.pageSize = 3;
      const write = (order: string, body: string, known: KnownComment | null = null, isNews = true) =>
        keepComment(forge.comments!(apiOf(fake), 7), { about: 'Shop', order, body, isNews }, known);
      assert.equal((await write('r1', 'quiet', null, false)).did, 'nothing');
      for (let n = 0; n < 4; n++) fake.comments.push({ id: n, pull: 7, author: 'bob', body: `talk ${n}` });
      const made = await write('r2', 'two');
      assert.equal(made.did, 'created');
      // Somebody else writes our marker.
      fake.comments.push({ ...fake.comments.at(-1)!, id: 5, author: 'mallory' });
      assert.deepEqual(await write('r3', 'three', null, false), { did: 'updated', id: made.id });
      assert.deepEqual(await write('r3', 'three'), { did: 'same', id: made.id });
      assert.deepEqual(await write('r1', 'one'), { did: 'older', id: made.id });
      assert.deepEqual(await write('r1', 'one', { id: made.id!, order: 'r3' }), {
        did: 'older',
        id: made.id,
      });
      const ours = () => fake.comments.filter(({ author }) => author === fake.me);
      assert.deepEqual(
        ours().map(({ body }) => body.split('\n')[1]),
        ['three'],
      );
      // The forge lags behind: the id that is known is enough.
      fake.lag = 10;
      assert.equal((await write('r4', 'four', { id: made.id!, order: 'r3' })).did, 'updated');
      fake.lag = 0;
      // Two were made in a race; one was deleted by hand.
      fake.comments.push({ ...ours()[0]!, id: 9_000_000 });
      assert.equal((await write('r5', 'five')).id, made.id);
      assert.equal(ours().length, 1);
      fake.comments = fake.comments.filter(({ author }) => author !== fake.me);
      assert.equal((await write('r6', 'six', { id: made.id!, order: 'r5' })).did, 'created');
      assert.equal(ours().length, 1);
      assert.equal((await write('r7', 'x'.repeat(2_000_000))).did, 'updated');
    });

    test('where a pull request stands now', async () => {
      await using fake = await startFakeForge(kind);
      fake.pulls.set(7, { head: commit, base: 'b'.repeat(40), open: true });
      assert.deepEqual(await forge.pull!(apiOf(fake), 7), { head: commit, base: 'b'.repeat(40), open: true });
      assert.equal((await refused(forge.pull!(apiOf(fake), 8))).again, false);
    });

    test('pull requests that are open now, and that nothing changed', async () => {
      await using fake = await startFakeForge(kind);
      const base = 'b'.repeat(40);
      fake.pulls.set(7, { head: commit, base, open: true, fork: true });
      fake.pulls.set(8, { head: commit, base, open: false });
      const found = (await forge.pulls!(apiOf(fake), null))!;
      assert.ok(found.isAll);
      const [pull, ...others] = found.pulls;
      assert.deepEqual(others, []);
      assert.deepEqual(
        [pull?.number, pull?.headRef, pull?.baseRef, pull?.fork, pull?.draft, pull?.title],
        [7, 'quick', 'main', true, false, 'Change 7'],
      );
      assert.ok(commit.startsWith(pull!.head) && pull!.head.length >= 12);
      // Each of them has more than it was asked for, and no next page.
      for (let number = 100; number < 300; number++)
        fake.pulls.set(number, { head: commit, base, open: true });
      const page = (await forge.pulls!(apiOf(fake), null))!;
      assert.ok(!page.isAll && page.pulls.length <= 100, `${page.pulls.length}`);
      for (let number = 100; number < 300; number++) fake.pulls.delete(number);
      if (found.tag === null) return;
      assert.equal(await forge.pulls!(apiOf(fake), found.tag), null);
      fake.pulls.set(7, { head: base, base, open: true });
      assert.equal((await forge.pulls!(apiOf(fake), found.tag))?.pulls[0]?.head, base);
    });

    test('what a forge refuses, in a sentence, and whether to try again', async () => {
      await using fake = await startFakeForge(kind);
      const reset = String(Math.ceil(Date.now() / 1000) + 90);
      for (const [trouble, says, again, afterMs] of [
        [{ status: 401 }, /does not know the token \(401\): not now/, false, null],
        [{ status: 403 }, /does not let this token do that/, false, null],
        [{ status: 403, headers: { 'retry-after': '30' } }, /asks for a pause \(403\)/, true, 30_000],
        [{ status: 429 }, /asks for a pause \(429\)/, true, 60_000],
        [
          { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset } },
          /pause/,
          true,
          90_000,
        ],
        [{ status: 404 }, /knows no such repository/, false, null],
        [
          { status: 422, body: '{"message":"no\\u001b[2J","errors":["too long"]}' },
          /refused it \(422\): no; too long/,
          false,
          null,
        ],
        [{ status: 500, body: '<html>' }, /cannot do it now \(500\)$/, true, null],
        [{ status: 502, headers: { 'retry-after': '7' } }, /cannot do it now/, true, 7000],
        [{ status: 200, body: '<html>Sign in</html>' }, /a page where its API should be/, false, null],
        [
          { status: 302, headers: { location: 'http://127.0.0.1:1/' } },
          /redirect \(302\), which is not followed/,
          false,
          null,
        ],
      ] as const) {
        // GitLab asks for the pipeline first, and goes without it.
        fake.troubles = kind === 'gitlab' ? [trouble, trouble] : [trouble];
        const error = await refused(tell(fake));
        assert.match(error.message, says);
        assert.equal(error.again, again, error.message);
        if (afterMs === null) assert.equal(error.afterMs, null);
        else assert.ok(Math.abs(error.afterMs! - afterMs) < 3000, `${error.afterMs}`);
      }
      assert.equal(fake.statuses.size, 0);
    });

    test('a token that is missing; a server that is away, or where none may be asked', async () => {
      await using fake = await startFakeForge(kind);
      const me = (more: Partial<ForgeAccess>) => forge.comments!(apiOf(fake, more), 1).me();
      assert.match((await refused(me({ token: null }))).message, /wants a token \(401\)/);
      const inside = await refused(me({ allowed: sourcesPolicy({}) }));
      assert.match(inside.message, /was not asked: 127\.0\.0\.1 is no address that this server asks/);
      assert.equal(inside.again, false);
      const { url } = fake;
      await fake[Symbol.asyncDispose]();
      const away = await refused(forge.comments!(apiOf({ url }), 1).me());
      assert.match(away.message, /does not answer: ECONNREFUSED/);
      assert.equal(away.again, true);
    });
  });
}

test('a token with its user’s name is shown as the forge wants it', async () => {
  for (const [kind, basic, token] of [
    ['github', false, 'oauth2:forge-token'],
    ['bitbucket', true, 'ada:app-password'],
  ] as const) {
    await using fake = await startFakeForge(kind);
    if (basic) fake.token = token;
    await forgeOf(kind).comments!(apiOf(fake, { token, basic }), 1).me();
    assert.equal(fake.calls.length, 1);
  }
});

for (const kind of ['github', 'gitlab', 'gitea', 'forgejo'] as const) {
  test(`${kind}: an issue is opened, found again, written over and closed, and what others opened is left alone`, async () => {
    await using fake = await startFakeForge(kind);
    fake.pageSize = 2;
    const text = { about: 'Shop --> <b>', title: 'slower', body: 'Why.', notes: 'p95=1000' };
    const open = () => forgeOf(kind).issues!(apiOf(fake));
    assert.equal(await findIssue(open(), text.about), null);
    const id = await openIssue(open(), text, null);
    const forged = { author: 'mallory', title: '', open: true, comments: [] };
    const { body } = fake.issues[0]!;
    fake.issues.unshift({ ...forged, id: 1, body });
    // A page full of pull requests that the token's user opened.
    for (const id of [2, 3]) fake.issues.unshift({ ...forged, author: fake.me, id, body, pull: true });
    for (const other of ['Shop', 'Shop -   b two', 'B'])
      await openIssue(open(), { ...text, about: other }, null);
    assert.match(body, /^<!-- marteau-trend:Shop - {3}b: p95=1000 -->\nWhy\.$/);
    fake.issues.push(...fake.issues.splice(3, 1));
    assert.deepEqual(await findIssue(open(), text.about), { id, notes: 'p95=1000' });
    assert.equal(await openIssue(open(), { ...text, body: 'More.' }, id), id);
    await closeIssue(open(), id, text, 'It is over.');
    const own = fake.issues.find((one) => String(one.id) === id);
    assert.deepEqual([own?.open, own?.comments], [false, ['It is over.']]);
    assert.equal(await findIssue(open(), text.about), null);
    // One that somebody deleted is closed, and comes anew.
    await closeIssue(open(), '77', text, 'It is over.');
    assert.notEqual(await openIssue(open(), text, '77'), '77');
    fake.token = 'another';
    assert.match((await refused(openIssue(open(), text, null))).message, /does not know the token/);
  });
}
