import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hookCall } from '@marteau/testkit';
import fc from 'fast-check';
import Value from 'typebox/value';
import { ForgeEvent } from './event.ts';
import { ForgeKind } from './forge.ts';
import { forgeOf } from './registry.ts';

const [a, b] = ['a'.repeat(40), 'b'.repeat(40)];
const repo = 'https://git.example.com/team/shop';
const secret = 'whsec_c2VjcmV0';

const read = (kind: ForgeKind, news: Omit<Parameters<typeof hookCall>[1], 'repo' | 'secret'>) => {
  const { headers, body } = hookCall(kind, { repo, secret, ...news } as Parameters<typeof hookCall>[1]);
  return forgeOf(kind).read(headers, JSON.parse(body));
};
const one = (kind: ForgeKind, news: object) => {
  const found = read(kind, news as never);
  assert.ok('events' in found, JSON.stringify(found));
  assert.equal(found.events.length, 1);
  assert.ok(Value.Check(ForgeEvent, found.events[0]));
  return found.events[0]!;
};
const ignored = (kind: ForgeKind, news: object) => {
  const found = read(kind, news as never);
  assert.ok('ignored' in found, JSON.stringify(found));
  return found.ignored;
};

for (const kind of ForgeKind.enum) {
  test(`${kind}: pushes of branches and tags`, () => {
    const push = one(kind, {
      push: { ref: 'refs/heads/release/1', sha: a, before: b, message: 'Make it quick' },
    });
    assert.deepEqual(
      [push.kind, push.ref, push.sha, push.before, push.repo, push.sender, push.defaultBranch],
      ['push', 'release/1', a, b, repo, 'ada', 'main'],
    );
    assert.equal(push.message, 'Make it quick');
    assert.deepEqual(
      [one(kind, { push: { ref: 'refs/tags/v1', sha: a } })].map(({ kind, ref }) => [kind, ref]),
      [['tag', 'v1']],
    );
  });

  test(`${kind}: what is deleted, a ping, and what is no name of a branch start nothing`, () => {
    if (kind !== 'generic')
      assert.match(
        ignored(kind, { push: { ref: 'refs/heads/x', sha: '0'.repeat(40), before: a } }),
        /was deleted/,
      );
    assert.match(ignored(kind, { ping: true }), /ping|Nothing is done/i);
    assert.match(ignored(kind, { push: { ref: 'refs/heads/a b\u0000', sha: a } }), /no branch/);
  });

  test(`${kind}: pull requests that are new, changed, of a fork, a draft, over, or only touched`, () => {
    const given = { number: 7, head: a, base: b, headRef: 'quick', baseRef: 'main', title: 'Quick' };
    const { pull, kind: what } = one(kind, { pull: given });
    assert.equal(what, 'pull');
    assert.deepEqual(
      [pull?.number, pull?.title, pull?.headRef, pull?.baseRef, pull?.fork, pull?.draft],
      [7, 'Quick', 'quick', 'main', false, false],
    );
    assert.ok(a.startsWith(pull?.head ?? 'none'));
    assert.equal(one(kind, { pull: { ...given, action: 'synchronize' } }).kind, 'pull');
    assert.equal(one(kind, { pull: { ...given, fork: true } }).pull?.fork, true);
    assert.equal(one(kind, { pull: { ...given, draft: true } }).pull?.draft, true);
    assert.equal(one(kind, { pull: { ...given, action: 'closed' } }).kind, 'closed');
    if (kind !== 'generic')
      assert.match(ignored(kind, { pull: { ...given, action: 'labeled' } }), /Nothing is done/);
  });
}

test('GitHub: a repository that is gone makes a fork, another base is news, and a cut list of files is none', () => {
  const call = (pull: object, change: (body: Record<string, never>) => void) => {
    const { headers, body } = hookCall('github', {
      repo,
      secret,
      pull: { number: 1, head: a, base: b, ...pull },
    });
    const parsed = JSON.parse(body);
    change(parsed);
    return forgeOf('github').read(headers, parsed);
  };
  const gone = call({}, (body: { pull_request?: { head: { repo: unknown } } }) => {
    body.pull_request!.head.repo = null;
  });
  assert.equal('events' in gone && gone.events[0]?.pull?.fork, true);
  const retargeted = (changes: object) =>
    call({}, (body: Record<string, unknown>) => Object.assign(body, { action: 'edited', changes }));
  assert.ok('events' in retargeted({ base: { ref: { from: 'old' } } }));
  assert.ok('ignored' in retargeted({ title: { from: 'old' } }));
  const files = (count: number) =>
    one('github', {
      push: { ref: 'refs/heads/main', sha: a, files: Array.from({ length: count }, (_, n) => `f${n}`) },
    }).files;
  assert.deepEqual(files(2), ['f0', 'f1']);
  assert.equal(files(5000), null);
});

test('Bitbucket: one push moves several branches', () => {
  const side = (name: string, hash: string) => ({ type: 'branch', name, target: { hash } });
  const changes = [
    { new: side('one', a), old: null },
    { new: null, old: side('gone', b) },
    { new: side('two', b), old: side('two', a) },
  ];
  const body = { push: { changes }, repository: { links: { html: { href: repo } } } };
  const found = forgeOf('bitbucket').read({ 'x-event-key': 'repo:push' }, body);
  assert.deepEqual('events' in found && found.events.map(({ ref }) => ref), ['one', 'two']);
});

test('whatever is sent by who knows the secret is read, or ignored with a sentence', () => {
  const names = [
    'push',
    'pull_request',
    'Push Hook',
    'Merge Request Hook',
    'repo:push',
    'pullrequest:created',
    '',
  ];
  const keys = ['x-github-event', 'x-gitea-event', 'x-forgejo-event', 'x-gitlab-event', 'x-event-key'];
  const fields = [
    'ref',
    'after',
    'action',
    'pull_request',
    'object_attributes',
    'repository',
    'push',
    'changes',
    'pr',
  ];
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<unknown>(null, true, 1, -1, 1e99, 'opened', 'refs/heads/x', a, [], {}),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...fields, 'head', 'base', 'sha', 'repo', 'new', 'name'), tie('tree')),
    ),
  }));
  fc.assert(
    fc.property(fc.constantFrom(...ForgeKind.enum), fc.constantFrom(...names), tree, (kind, name, body) => {
      const found = forgeOf(kind).read(Object.fromEntries(keys.map((key) => [key, name])), body);
      if ('ignored' in found) assert.match(found.ignored, /\.$/);
      else for (const event of found.events) assert.ok(Value.Check(ForgeEvent, event));
    }),
    { numRuns: 500 },
  );
});
