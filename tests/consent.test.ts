import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { type House, openHouse } from './house/house.ts';
import { plainProject } from './house/projects.ts';

/** An address of this machine that is not loopback: what goes there leaves it as little. */
const outside = Object.values(networkInterfaces())
  .flat()
  .find((each) => each?.internal === false && each.family === 'IPv4')?.address;
const SERVER = 'http://marteau.test';

interface Look {
  summary: string | null;
  problems: { what: string; fix: string }[];
  consent: { by: string }[];
}

/** A target at that address whose owner answers as told. */
async function openTarget(says: object | number) {
  const target = { says, asked: 0, agents: new Set<string>(), requests: 0 };
  const server = createServer((request, response) => {
    if (request.url !== '/.well-known/marteau.json') {
      target.requests += 1;
      target.agents.add(request.headers['user-agent'] ?? '');
      response.end('hello');
      return;
    }
    target.asked += 1;
    if (typeof target.says === 'number') response.writeHead(target.says).end();
    else response.end(JSON.stringify(target.says));
  });
  server.listen(0, outside);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return Object.assign(target, {
    url: `http://${outside}:${port}`,
    place: `${outside}:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}

const allow = (fields: object = {}) => ({
  v: 1,
  allow: [{ server: SERVER, ...fields }],
  contact: 'owner@shop.test',
});

describe('a server that needs the consent of targets', {
  skip: outside ? false : 'this machine has no address but loopback',
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

test('a server that needs no consent says that nobody was asked', {
  skip: outside ? false : 'this machine has no address but loopback',
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
