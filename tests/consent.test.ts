import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { whyNoEgress } from '../packages/launch/src/sandboxes/egress/egress.ts';
import { type House, openHouse } from './house/house.ts';
import { plainProject, scriptOf } from './house/projects.ts';
import { allow, openTarget, outside, SERVER, skip } from './house/target-owner.ts';

/** A project that loads its target for two minutes. */
function longProject(target: string): Record<string, string> {
  const project = plainProject(target);
  return { ...project, '.marteau.yml': project['.marteau.yml']!.replace('duration: 2s', 'duration: 2m') };
}

async function textsUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !/trees|npm-cache/.test(entry.parentPath));
  return Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1')));
}

interface Look {
  summary: string | null;
  problems: { what: string; fix: string }[];
  consent: { by: string }[];
}

describe('a server that needs the consent of targets', {
  skip,
  concurrency: 1,
}, () => {
  let house: House;
  before(async () => {
    house = await openHouse({
      env: { MARTEAU_URL: SERVER, MARTEAU_CONSENT: 'required', MARTEAU_CONTACT: 'ops@marteau.test' },
    });
  });
  after(() => house[Symbol.asyncDispose]());

  const refused = (repo: string, code: string, sentence: RegExp) =>
    assert.rejects(house.submit(repo), ({ message }: Error) => {
      const problem = JSON.parse(message.slice(message.indexOf('{')));
      assert.equal(problem.code, code, message);
      assert.match(problem.detail, sentence);
      return true;
    });

  test('takes in no run of a target that did not allow it, and the form says so before', async () => {
    await using target = await openTarget(404);
    const repo = await house.git.createRepo('stranger', plainProject(target.url));
    const look = await house.api<Look>('POST', '/look', { repo: repo.url });
    assert.equal(look.problems[0]?.what, `Nobody has allowed this server to load ${target.place}.`);
    assert.match(look.problems[0]!.fix, /marteau\.json answered 404\..*MARTEAU_TARGETS/);
    assert.deepEqual([look.summary, look.consent[0]?.by], [null, 'refused']);
    await refused(repo.url, 'consent-missing', /marteau\.json answered 404\./);
    assert.equal(target.requests, 0);
  });

  test('nor of what a file reaches besides, of what is beyond the limits, or unmarked', async () => {
    await using target = await openTarget(allow({ users: 1 }));
    await using other = await openTarget(404);
    const besides = plainProject(target.url, `network: ["${other.place}"]\n`);
    await refused(
      (await house.git.createRepo('besides', besides)).url,
      'consent-missing',
      /https:\/\/.*well-known/,
    );
    const beyond = await house.git.createRepo('beyond', plainProject(target.url));
    await refused(beyond.url, 'consent-beyond', /allows 1 user at most, and the load has 2 users/);
    await using third = await openTarget(allow());
    const unmarked = await house.git.createRepo('unmarked', plainProject(third.url, 'mark: false\n'));
    await refused(unmarked.url, 'mark-needed', /"unmarked": true/);
    assert.equal(target.requests + other.requests + third.requests, 0);
  });

  test('says in record and report what was decided and why', async () => {
    await using target = await openTarget(allow({ rate: 1000 }));
    const repo = await house.git.createRepo('allowed', plainProject(target.url));
    const id = await house.submit(repo.url);
    const run = await house.ends(id);
    assert.equal(run.verdict, 'pass', run.reason ?? '');
    const why = `${target.url}/.well-known/marteau.json names this server, with at most 1000 requests/s.`;
    assert.deepEqual(
      run.consent?.map(({ by, why }) => [by, why]),
      [['file', why]],
    );
    const results = JSON.parse(await house.file(id, 'results.json'));
    assert.equal(results.environment.Consent, `${target.place}: ${why}`);
    assert.match(await house.file(id, 'console.log'), /names this server/);
    assert.ok(target.asked >= 2, 'before nodes are taken, and before the load');
    target.says = 410;
    const again = await house.api<{ id: string }>('POST', `/runs/${id}/rerun`);
    assert.equal((await house.ends(again.id)).reasonCode, 'consent-missing', 'asked at every start');
  });
});

describe('limits of a target', { skip: skip || (whyNoEgress() ?? false), concurrency: 1 }, () => {
  test('hold what passes by fetch, below the script, and the report names them', async () => {
    await using target = await openTarget(allow({ rate: 5, users: 1 }));
    await using house = await openHouse({ env: { MARTEAU_URL: SERVER, MARTEAU_CONSENT: 'required' } });
    const project = plainProject(target.url, 'thresholds: [failures < 100%]\n');
    const script = scriptOf(
      `
      const sockets = Array.from({ length: 20 }, () => connect({ host: '${outside}', port: ${new URL(target.url).port} }).on('error', () => {}));
      await think(300);
      for (const socket of sockets) socket.destroy();`,
      "import { connect } from 'node:net';",
    );
    const file = project['.marteau.yml']!.replace('cycles: 2', 'cycles: 1');
    const repo = await house.git.createRepo('sockets', { '.marteau.yml': file, 'plain.test.ts': script });
    const id = await house.submit(repo.url);
    await house.ends(id);
    const { notes, environment } = JSON.parse(await house.file(id, 'results.json'));
    assert.equal(environment.Containment, 'contained');
    const held = notes.find((note: string) =>
      note.startsWith(`The limits of ${target.place} held the run: `),
    );
    assert.match(held, /connections were refused, as more than (7 a second were made|8 were open)/);
    assert.match(await house.file(id, 'console.log'), /The limits of .* held the run/);
  });
});

describe('a command that is measured at the wire', {
  skip: skip || (whyNoEgress() ?? false),
  concurrency: 1,
}, () => {
  test('reaches its target through the proxy alone, whichever way leads there', async () => {
    await using house = await openHouse({ env: { MARTEAU_URL: SERVER, MARTEAU_CONSENT: 'required' } });
    for (const way of ['reverse', 'forward']) {
      await using target = await openTarget(allow({ rate: 50 }));
      const through = way === 'forward' ? target.url : '$MARTEAU_TARGET';
      const command = `curl -s ${through}/a; curl -s --noproxy '*' --max-time 5 ${target.url}/past; true`;
      const repo = await house.git.createRepo(`past-${way}`, {
        '.marteau.yml': `command: ${JSON.stringify(command)}\nway: ${way}\ntarget: ${target.url}\ncycles: 1\nduration: 1s\nramp: 0s\n`,
      });
      const id = await house.submit(repo.url);
      const run = await house.ends(id);
      assert.equal(run.state, 'finished', run.reason ?? '');
      const { notes, labels, environment } = JSON.parse(await house.file(id, 'results.json'));
      assert.equal(environment.Containment, 'contained');
      assert.equal(target.requests, 1, 'what went past the proxy reached nobody');
      const requests = labels.filter(({ kind }: { kind: string }) => kind === 'request');
      assert.deepEqual(
        requests.map(({ name }: { name: string }) => name),
        ['GET /a'],
      );
      const refused = notes.find((note: string) =>
        note.startsWith(`A program of the run tried to reach ${target.place}`),
      );
      assert.match(refused, /was refused: what goes there is measured by Marteau’s proxy/);
    }
    await house.assertNothingLeft();
  });
});

describe('the owner of a target', { skip, concurrency: 1 }, () => {
  let house: House;
  before(async () => {
    house = await openHouse({ env: { MARTEAU_URL: SERVER, MARTEAU_CONTACT: 'ops@marteau.test' } });
  });
  after(() => house[Symbol.asyncDispose]());

  /** Begins a run of two minutes, and resolves with the address that its requests carry, once there are some. */
  async function load(target: Awaited<ReturnType<typeof openTarget>>, name: string) {
    const repo = await house.git.createRepo(name, longProject(target.url));
    const id = await house.submit(repo.url);
    await house.until(id, 'seen by its target', () => target.agents.size > 0);
    const [agent = ''] = target.agents;
    const [, path = ''] = /^Marteau\/\S+ \(\+http:\/\/marteau\.test(\/abuse\/\S+)\)$/.exec(agent) ?? [];
    assert.notEqual(path, '', agent);
    return { repo, id, path };
  }

  test('sees who loads it, stops that, and keeps the project away; others go on', async () => {
    await using target = await openTarget(404);
    const { repo, id, path } = await load(target, 'secret-name');
    const page = await (await fetch(house.url + path)).text();
    for (const told of [outside!, 'ops@marteau.test', '2 users at once', '<dt>Begin</dt><dd>20'])
      assert.ok(page.includes(told), told);
    for (const kept of ['secret-name', id, 'Plain', 'plain.test.ts']) assert.ok(!page.includes(kept), kept);
    assert.equal((await house.run(id)).state, 'running', 'opening it changes nothing');

    const stopped = await fetch(house.url + path, { method: 'POST' });
    assert.equal(stopped.status, 200);
    assert.match(await stopped.text(), /Nothing of its project goes to .* until/);
    const run = await house.ends(id);
    assert.deepEqual([run.state, run.stopped], ['finished', true], run.reason ?? '');
    const results = JSON.parse(await house.file(id, 'results.json'));
    assert.ok(results.notes.includes(`The owner of ${outside} stopped the load.`), results.notes.join());

    const again = await house.ends(await house.submit(repo.url));
    assert.equal(again.reasonCode, 'target-blocked', again.reason ?? '');
    const other = await house.git.createRepo('other', plainProject(target.url));
    assert.equal((await house.ends(await house.submit(other.url))).verdict, 'pass', 'never others');

    const { blocks } = await house.api<{ blocks: { id: string; host: string }[] }>('GET', '/blocks');
    assert.deepEqual(
      blocks.map(({ host }) => host),
      [outside],
    );
    await house.api('DELETE', `/blocks/${blocks[0]!.id}`);
    assert.equal(
      (await house.ends(await house.submit(repo.url, { overrides: { duration: '1s' } }))).verdict,
      'pass',
    );
    await house.ends(await house.submit(repo.url, { once: true }));
    const audit = await textsUnder(join(house.data, 'audit'));
    assert.match(audit.join(), /"target\.stop".*\n.*"target\.lift"/s);

    const secret = path.slice('/abuse/'.length);
    const outputs = [house.web.output(), ...house.workers.map((worker) => worker.output())];
    for (const text of [...outputs, ...(await textsUnder(house.data))])
      assert.ok(!text.includes(secret), text.slice(0, 200));
  });
});

test('a server that needs no consent says that nobody was asked', {
  skip,
}, async () => {
  await using target = await openTarget(404);
  await using house = await openHouse();
  const repo = await house.git.createRepo('plain', plainProject(target.url));
  const run = await house.ends(await house.submit(repo.url));
  assert.equal(run.verdict, 'pass', run.reason ?? '');
  assert.deepEqual(
    run.consent?.map(({ by, why }) => [by, why]),
    [['nobody', `Nobody was asked whether ${outside} may be loaded.`]],
  );
  assert.equal(target.asked, 0);
});
