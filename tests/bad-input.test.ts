import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { freePort, type GitRepo, startTargetServer, type TargetServer } from '@marteau/testkit';
import { type House, openHouse } from './house/house.ts';
import { scriptOf } from './house/projects.ts';

/** What must never be there: hostile addresses would make it. */
const owned = join(tmpdir(), `owned-${process.pid}`);

/** What is refused before anything is stored: [what is typed, ref, the code of the answer]. */
const refused: [repo: string, ref: string | undefined, code: string][] = [
  ['not a url', undefined, 'address-whitespace'],
  ['nonsense', undefined, 'address-not-a-url'],
  ['', undefined, 'bad-request'],
  [`ext::sh -c "touch ${owned}"`, undefined, 'address-helper'],
  [`ext::touch%20${owned}`, undefined, 'address-helper'],
  [`--upload-pack=touch ${owned}`, undefined, 'address-whitespace'],
  [`--upload-pack=${owned}`, undefined, 'address-option'],
  [`ssh://-oProxyCommand=touch%20${owned}/x`, undefined, 'address-option'],
  ['git@github.com:you/project.git', undefined, 'address-ssh'],
  ['ftp://example.com/x', undefined, 'address-scheme'],
  ['https://user:hunter2@example.com/x', undefined, 'address-credentials'],
  ['file:///etc', undefined, 'address-file'],
  ['http://127.0.0.1:1/x', undefined, 'address-private'],
  ['https://[::1]/x', undefined, 'address-private'],
  ['https://169.254.169.254/latest', undefined, 'address-private'],
  ['https://1.1.1.1/x', `--upload-pack=touch ${owned}`, 'ref-wrong'],
  ['https://1.1.1.1/x', '--upload-pack=owned', 'ref-wrong'],
  ['https://1.1.1.1/x', '-oProxyCommand=owned', 'ref-wrong'],
  ['https://1.1.1.1/x', 'a b', 'ref-wrong'],
];

describe('what is refused when it is submitted', () => {
  let house: House;
  before(async () => {
    house = await openHouse({ env: { MARTEAU_ALLOW_PRIVATE: '0' }, workers: 0 });
  });
  after(() => house[Symbol.asyncDispose]());

  for (const [repo, ref, code] of refused) {
    test(`${repo || 'nothing'}${ref ? ` at ${ref}` : ''}: ${code}`, async () => {
      const answer = await fetch(`${house.url}/api/v1/runs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ repo, ref }),
      });
      const problem = (await answer.json()) as { code: string; detail: string };
      assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status}`);
      assert.equal(problem.code, code);
      assert.match(problem.detail, /^\S.{20,}\.$/s, 'it has no sentence');
      assert.doesNotMatch(JSON.stringify(problem), /hunter2/);
    });
  }

  test('nothing of it was stored or done', async () => {
    assert.equal(existsSync(owned), false);
    const { runs } = await house.api<{ runs: unknown[] }>('GET', '/runs');
    assert.deepEqual(runs, []);
    assert.doesNotMatch(house.web.output(), /hunter2/);
  });
});

const wrongFiles = join(import.meta.dirname, '../packages/file/src/wrong-files');

interface Case {
  name: string;
  /** Of the repository; with none it stays empty. */
  files: (target: string) => Record<string, string>;
  /** Done in the work tree before the run. */
  change?: (repo: GitRepo) => Promise<unknown>;
  ref?: string;
  overrides?: Record<string, unknown>;
  code: string;
  says: RegExp;
  /** What else the console must say. */
  console?: RegExp;
  /** The ledger ends the run, after the last word of its console. */
  byLedger?: boolean;
}

const file = (target: string, more = ''): string =>
  `name: Bad\nscript: bad.test.ts\ntarget: ${target}\ncycles: 1\nduration: 2s\nramp: 0s\n${more}`;
const project =
  (script: string, more = '') =>
  (target: string): Record<string, string> => ({ '.marteau.yml': file(target, more), 'bad.test.ts': script });
const good = scriptOf('await think(10);');

const cases: Case[] = [
  {
    name: 'an empty repository',
    files: () => ({}),
    code: 'clone-empty',
    says: /is empty: it has no commit yet/,
  },
  {
    name: 'an unknown branch',
    files: project(good),
    ref: 'nosuchbranch',
    code: 'ref-unknown',
    says: /no branch, tag or commit "nosuchbranch". Its branches are main/,
  },
  {
    name: 'an unknown commit',
    files: project(good),
    ref: 'a'.repeat(40),
    code: 'commit-unknown',
    says: /has no commit aaaaaaaa/,
  },
  {
    name: 'no .marteau.yml',
    files: () => ({ 'README.md': 'hello' }),
    code: 'file-missing',
    says: /no \.marteau\.yml at [0-9a-f]{8}\. Add one to its root/,
  },
  {
    name: 'a .marteau.yaml',
    files: () => ({ 'shop/.marteau.yml': 'script: a.ts', 'marteau.yaml': 'script: a.ts' }),
    code: 'file-missing',
    says: /There is marteau\.yaml, which was meant, perhaps: the file is called \.marteau\.yml and lies in the root\./,
  },
  {
    name: 'a script that is a pointer of Git LFS',
    files: (target) => ({
      '.marteau.yml': file(target),
      'bad.test.ts': 'version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 5\n',
    }),
    code: 'file-not-fetched',
    says: /bad\.test\.ts, and that is a pointer of Git LFS/,
  },
  {
    name: 'a file with several mistakes',
    files: (target) => ({ '.marteau.yml': `${file(target)}nodez: 3\ncycles: ten\n` }),
    code: 'file-wrong',
    says: /\.marteau\.yml has 2 mistakes: line 7: .*; line 8: /,
  },
  {
    name: 'a file that is no YAML',
    files: () => ({ '.marteau.yml': 'script: [a\n@' }),
    code: 'file-wrong',
    says: /\.marteau\.yml has/,
    console: /\.marteau\.yml:\d+:\d+ /,
  },
  {
    name: 'a huge file',
    files: () => ({ '.marteau.yml': `script: a.test.ts\n# ${'x'.repeat(40_000)}\n` }),
    code: 'marteau-file-too-large',
    says: /larger than 32 KB/,
  },
  {
    name: 'overrides that make no sense',
    files: project(good),
    overrides: { cycles: 'many' },
    code: 'overrides-wrong',
    says: /What was entered for this run has a mistake: in the override cycles/,
  },
  {
    name: 'a script that is not there',
    files: (target) => ({ '.marteau.yml': file(target), 'bed.test.ts': good }),
    code: 'script-missing',
    says: /names the script bad\.test\.ts, and the repository has no such file\. Did you mean bed\.test\.ts\?/,
  },
  {
    name: 'a wdir that is not there',
    files: (target) => ({ '.marteau.yml': `${file(target)}wdir: nowhere\n` }),
    code: 'wdir-missing',
    says: /wdir: nowhere, and the repository has no such folder/,
  },
  {
    name: 'a data file that is not there',
    files: project(good, 'data: {users: users.csv}\n'),
    code: 'data-missing',
    says: /data file users\.csv/,
  },
  {
    name: 'a .marteau.yml that is a symbolic link',
    files: () => ({ 'other.yml': 'script: bad.test.ts' }),
    async change(repo) {
      await symlink('other.yml', join(repo.dir, '.marteau.yml'));
      await repo.commit({});
    },
    code: 'marteau-file-symlink',
    says: /is a symbolic link, which Marteau does not follow/,
  },
  {
    name: 'a script that is a symbolic link out of the repository',
    files: (target) => ({ '.marteau.yml': file(target) }),
    async change(repo) {
      await symlink('/etc/passwd', join(repo.dir, 'bad.test.ts'));
      await repo.commit({});
    },
    code: 'file-not-fetched',
    says: /bad\.test\.ts, and that is a symbolic link, which is not followed/,
    console: /symbolic link bad\.test\.ts became a file/,
  },
  {
    name: 'a script that throws when it is loaded',
    files: project(scriptOf('', 'throw new Error("no database");')),
    code: 'script-threw',
    says: /The script threw at bad\.test\.ts:4:\d+ when it was loaded: .*no database/,
  },
  {
    name: 'a script that imports what is not there',
    files: project(scriptOf('', "import 'nosuchpkg';")),
    code: 'script-threw',
    says: /nosuchpkg/,
  },
  {
    name: 'a script with a syntax error',
    files: project('test(('),
    code: 'script-threw',
    says: /bad\.test\.ts/,
  },
  {
    name: 'a script without a test',
    files: project('export {};'),
    code: 'script-empty',
    says: /has no test that can be run/,
  },
  {
    name: 'a test that the script does not have',
    files: project(good, 'test: nosuchtest\n'),
    code: 'script-test-unknown',
    says: /no test 'nosuchtest'. It has: 'the test'/,
  },
  {
    name: 'a script that exits when it is loaded',
    files: project(scriptOf('', 'process.exit(3);')),
    code: 'script-exited',
    says: /The script ended its own process/,
  },
  {
    name: 'a script that kills its process',
    files: project(scriptOf("process.kill(process.pid, 'SIGKILL'); await think(5000);")),
    code: 'engine-lost',
    says: /ended without a result: .*SIGKILL/,
  },
  {
    name: 'a secret that the server does not have',
    files: project(good, `env: {TOKEN: "\${secrets.NOSUCH}"}\n`),
    code: 'secret-unknown',
    says: /uses \$\{secrets\.NOSUCH\}, and this server has no such secret/,
  },
  {
    name: 'a before that fails',
    files: project(good, 'before: "echo seeding; exit 4"\n'),
    code: 'before-failed',
    says: /"echo seeding; exit 4" of before did not succeed: it ended with exit code 4/,
    console: /before +\| seeding/,
  },
  {
    name: 'a before that writes nonsense to $MARTEAU_ENV',
    files: project(good, 'before: \'echo "no equals sign" > "$MARTEAU_ENV"\'\n'),
    code: 'env-wrong',
    says: /wrote "no equals sign" to \$MARTEAU_ENV/,
  },
  {
    name: 'a before that leaves a link in the place of $MARTEAU_ENV',
    files: project(good, 'before: \'ln -s /etc/hostname "$MARTEAU_ENV"\'\n'),
    code: 'env-unreadable',
    says: /left in the place of \$MARTEAU_ENV is a link/,
  },
  {
    name: 'an app whose runtime is not here',
    files: project(good, 'app: {command: nosuchruntime app.py}\n'),
    code: 'app-ended',
    says: /nosuchruntime is not on this node/,
  },
  {
    name: 'an app that ends at once',
    files: project(good, 'app: {command: "exit 5"}\n'),
    code: 'app-ended',
    says: /was not ready before it ended: it ended with exit code 5/,
  },
  {
    name: 'an app that never listens',
    files: project(good, 'app: {command: sleep 60, ready: /health, timeout: 2s}\n'),
    code: 'app-not-ready',
    says: /was not ready after 2 s: http:\/\/127\.0\.0\.1:\d+\/health did not answer\. It has to listen on the port in PORT/,
  },
  {
    name: 'an app whose setup fails',
    files: project(good, 'app: {setup: "false", command: sleep 60}\n'),
    code: 'app-setup-failed',
    says: /The app's setup "false" did not succeed: it ended with exit code 1/,
  },
  {
    name: 'what this version cannot do yet',
    files: (target) => ({
      '.marteau.yml': `script: bad.test.ts\ntarget: ${target}\nnodes: 2\nfind: {rate: 10/s..20/s, while: [p95 < 1s]}\n`,
      'bad.test.ts': good,
    }),
    code: 'not-yet',
    says: /uses find together with several nodes, which this version/,
  },
  {
    name: 'more nodes than there are',
    files: project(good, 'nodes: 7\n'),
    code: 'too-few-nodes',
    says: /asks for 7 nodes, and only one is registered/,
    byLedger: true,
  },
];

describe('what ends a run in error, with a reason', { concurrency: 1 }, () => {
  let house: House;
  let target: TargetServer;
  before(async () => {
    house = await openHouse();
    target = await startTargetServer();
  });
  after(async () => {
    await house[Symbol.asyncDispose]();
    await target[Symbol.asyncDispose]();
  });

  for (const [index, each] of cases.entries()) {
    test(each.name, async () => {
      const repo = await house.git.createRepo(`bad-${index}`, each.files(target.url));
      await each.change?.(repo);
      const id = await house.submit(repo.url, { ref: each.ref, overrides: each.overrides });
      const run = await house.ends(id, 60_000);
      assert.equal(run.reasonCode, each.code, run.reason ?? run.state);
      assert.match(run.reason!, each.says);
      assert.equal(run.state, 'error');
      const console = await house.file(id, 'console.log');
      if (each.console) assert.match(console, each.console);
      if (!each.byLedger)
        assert.ok(console.includes(run.reason!.slice(0, 60)), 'the console lacks the reason');
    });
  }

  test('every kind of wrong file, a commit each, and nothing of any of them is run', async () => {
    const kinds = readdirSync(wrongFiles).sort();
    assert.ok(kinds.length >= 40, `${kinds.length} kinds`);
    const repo = await house.git.createRepo('wrong', { 'README.md': 'hello' });
    const ids = new Map<string, string>();
    for (const kind of kinds) {
      const text = readFileSync(join(wrongFiles, kind, 'input.txt'), 'utf8');
      const commit = await repo.commit({ '.marteau.yml': text }, kind);
      ids.set(kind, await house.submit(repo.url, { ref: commit }));
    }
    for (const [kind, id] of ids) {
      const run = await house.ends(id, 120_000);
      assert.equal(run.reasonCode, 'file-wrong', `${kind}: ${run.reason}`);
      assert.match(run.reason!, /^\.marteau\.yml has (a mistake|\d+ mistakes): .{20}/s, kind);
      const console = await house.file(id, 'console.log');
      const [first = ''] = readFileSync(join(wrongFiles, kind, 'expected.txt'), 'utf8').split('\n');
      assert.ok(console.includes(first), `${kind}: the console lacks ${first}`);
      assert.doesNotMatch(console, /^\S+ +(before|app|npm|script) +\|/m, kind);
    }
    assert.equal(target.seen.requests, 0);
  });

  test('a host that nobody answers at', async () => {
    const id = await house.submit(`http://127.0.0.1:${await freePort()}/nobody.git`);
    const run = await house.ends(id);
    assert.equal(run.reasonCode, 'clone-unreachable');
    assert.match(run.reason!, /cannot be reached from here/);
  });

  test('nothing is left of any of them, and the service goes on', async () => {
    await house.assertNothingLeft();
    const repo = await house.git.createRepo('good', project(good)(target.url));
    const run = await house.ends(await house.submit(repo.url));
    assert.equal(run.verdict, 'pass', run.reason ?? '');
  });
});
