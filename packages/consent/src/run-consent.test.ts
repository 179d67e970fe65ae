import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseFile, resolveFile } from '@marteau/file';
import { anywhere, parseAllowedHosts } from '@marteau/net';
import type { DecideOptions } from './decide.ts';
import { allows, PROJECT, SERVER, startOwner } from './fixtures/owner.ts';
import { beyondOf, decideAll, decisionsOf, whyNotBegin } from './run-consent.ts';

function fileOf(yaml: string) {
  const { file, problems } = parseFile(`script: a.test.ts\n${yaml}`);
  assert.deepEqual(problems, []);
  return resolveFile(file!).file!;
}

const options = (more: Partial<DecideOptions> = {}): DecideOptions => ({
  settings: { consent: true },
  isRequired: true,
  server: SERVER,
  project: PROJECT,
  allowed: anywhere,
  signal: new AbortController().signal,
  now: Date.now,
  resolveTxt: async () => [],
  ...more,
});

/** By what each place of a file was decided. */
async function decide(yaml: string, more: Partial<DecideOptions> = {}) {
  const file = fileOf(yaml);
  const decisions = decisionsOf(file, await decideAll(file, options(more)));
  return Object.fromEntries(decisions.map(({ target, by }) => [target, by]));
}

describe('the order of decision', () => {
  const hosts = (text: string) => parseAllowedHosts(text);
  const private4 = 'target: http://10.1.2.3:8080\n';

  it('goes by what the operator denies before all else, and by what is listed next', async () => {
    const settings = { consent: true, deny: hosts('10.1.0.0/16'), targets: hosts('10.0.0.0/8') };
    assert.deepEqual(await decide(private4, { settings }), { '10.1.2.3:8080': 'denied' });
    const listed = { consent: true, targets: hosts('10.0.0.0/8') };
    assert.deepEqual(await decide(private4, { settings: listed }), { '10.1.2.3:8080': 'operator' });
    assert.deepEqual(await decide('target: http://169.254.169.254\n', { settings: listed }), {
      '169.254.169.254:80': 'denied',
    });
  });

  it('has private networks for the operator to list where some are, and the internet for itself', async () => {
    const settings = { consent: true, targets: hosts('10.0.0.0/8') };
    assert.deepEqual(await decide('target: http://192.168.1.1\n', { settings }), {
      '192.168.1.1:80': 'denied',
    });
    const alone = { targets: hosts('10.0.0.0/8') };
    assert.deepEqual(await decide('target: http://8.8.8.8\n', { settings: alone, isRequired: false }), {
      '8.8.8.8:80': 'denied',
    });
  });

  it('has this machine by setting alone, and an app of its own in any case', async () => {
    await using owner = await startOwner(allows());
    const target = `target: ${owner.origin}\n`;
    const name = `127.0.0.1:${owner.port}`;
    assert.deepEqual(await decide(target), { [name]: 'denied' });
    assert.deepEqual(await decide(target, { settings: { consent: true, allowPrivate: true } }), {
      [name]: 'setting',
    });
    assert.deepEqual(await decide('app: {command: node a.js, ready: /}\n'), {
      'the app of this repository': 'app',
    });
    assert.deepEqual(owner.owner.asked, []);
  });

  it('asks nobody where nobody has to be asked, or could name this server', async () => {
    for (const more of [{ isRequired: false }, { server: null }])
      assert.deepEqual(await decide(private4, { ...more, settings: {} }), { '10.1.2.3:8080': 'nobody' });
  });

  it('is about all that a file reaches', async () => {
    const settings = { consent: true, deny: hosts('10.0.0.0/8') };
    const yaml = [
      'target: http://10.0.0.1',
      'network: ["10.0.0.2:5432"]',
      'proxies: {redis: {upstream: "10.0.0.3:6379", control: "http://10.0.0.4:8474"}}',
      'recordings: {pay: {file: pay.rec, server: https://10.0.0.5}}',
    ].join('\n');
    assert.deepEqual(Object.keys(await decide(`${yaml}\n`, { settings })).toSorted(), [
      '10.0.0.1:80',
      '10.0.0.2:5432',
      '10.0.0.3:6379',
      '10.0.0.4:8474',
      '10.0.0.5:443',
    ]);
  });
});

describe('what a load may not begin with', () => {
  const free = {
    target: 'shop.test:443',
    by: 'file',
    why: '',
    rate: null,
    users: null,
    nodes: null,
    unmarked: false,
  };

  for (const [limit, yaml, sentence] of [
    [{ users: 9 }, 'cycles: 10\n', 'allows 9 users at most, and the load has 10 users'],
    [{ users: 10 }, 'cycles: 10\n', null],
    [
      { rate: 99.5 },
      'load: [{rate: 100/s, for: 1m, maxUsers: 5}]\n',
      'allows 99.5 requests/s at most, and the load has 100 iterations/s',
    ],
    [
      { users: 4 },
      'load: [{rate: 1/s, for: 1m, maxUsers: 5}]\n',
      'allows 4 users at most, and the load has 5 users',
    ],
    [{ nodes: 1 }, 'nodes: 2\n', 'allows 1 node at most, and the load has 2 nodes'],
    [{ users: 3 }, 'load: {a: [{users: 2, for: 1m}], b: [{users: 2, for: 1m}]}\n', 'the load has 4 users'],
  ] as const) {
    it(`${JSON.stringify(limit)} against ${yaml.trim()}`, () => {
      const beyond = beyondOf(fileOf(yaml), { ...free, ...limit });
      assert.equal(beyond.length, sentence === null ? 0 : 1);
      if (sentence !== null) assert.ok(beyond[0]!.includes(sentence), beyond[0]);
    });
  }

  it('what a tool sends by a plan of its own is not known before', () => {
    const file = { ...fileOf('cycles: 1\n'), load: { ...fileOf('cycles: 1\n').load, kind: 'own' as const } };
    assert.match(
      beyondOf(file, { ...free, users: 5 }).join(),
      /the tool’s own plan sends is not known before/,
    );
    assert.deepEqual(beyondOf(file, { ...free, nodes: 5 }), []);
  });

  it('says why, in the order of what can be done', () => {
    const codeOf = (yaml: string, more: object, isRequired = true) =>
      whyNotBegin(fileOf(yaml), [{ ...free, ...more }], { isRequired })?.code ?? null;
    assert.equal(codeOf('cycles: 1\n', {}), null);
    assert.equal(codeOf('cycles: 1\n', { by: 'denied' }), 'target-denied');
    assert.equal(codeOf('cycles: 1\n', { by: 'refused' }), 'consent-missing');
    assert.equal(codeOf('cycles: 2\n', { users: 1 }), 'consent-beyond');
    assert.equal(codeOf('mark: false\n', {}), 'mark-needed');
    assert.equal(codeOf('mark: false\n', { unmarked: true }), null);
    assert.equal(codeOf('mark: false\n', {}, false), null);
  });
});
