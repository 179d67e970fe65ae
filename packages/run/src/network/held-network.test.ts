import assert from 'node:assert/strict';
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import { networkInterfaces } from 'node:os';
import { describe, it } from 'node:test';
import { destinationsOf } from '@marteau/consent';
import { parseFile, resolveFile } from '@marteau/file';
import { type Compartment, openUncontained, type Reachable } from '@marteau/launch';
import { anywhere, outsidePolicy, parseAllowedHosts } from '@marteau/net';
import { HeldNetwork, type NetworkRules } from './held-network.ts';

const rules: NetworkRules = {
  never: ['127.0.0.1:6379'],
  registries: ['10.9.9.9:443'],
  allowed: anywhere,
};

/** A compartment that says what it was told, and has refused these. */
function openTold(
  refused: Awaited<ReturnType<Compartment['refused']>> = [],
  limited: Awaited<ReturnType<Compartment['limited']>> = [],
) {
  const told: Reachable[] = [];
  const compartment: Compartment = {
    ...openUncontained(),
    reach: async (network) => void told.push(network),
    refused: async () => refused,
    limited: async () => limited,
  };
  return { compartment, told };
}

function destinations(yaml: string): string[] {
  const { file, problems } = parseFile(Buffer.from(`script: a.test.ts\n${yaml}`));
  assert.deepEqual(problems, []);
  return destinationsOf(resolveFile(file!).file!);
}

describe('where a file goes', () => {
  for (const [yaml, places] of [
    ['target: https://Shop.example.com', ['shop.example.com:443']],
    ['targets: [http://a.example.com, "http://[::1]:8080/x"]', ['a.example.com:80', '[::1]:8080']],
    ['app: {command: node server.ts}', []],
    ...['foo', 'ftp://x/', 'http://a b/', '8080', 'unix:/run/x'].map(
      (server) =>
        [`fixtures: {f: {class: vaurien, arguments: {server: "${server}", behavior: delay}}}`, []] as const,
    ),
    ['network: [api.partner.example:443, "127.0.0.1:5432"]', ['api.partner.example:443', '127.0.0.1:5432']],
    [
      'app: {command: node a.ts}\nproxies: {redis: {upstream: "127.0.0.1:6379", protocol: redis}, socket: {upstream: "unix:/run/x"}, far: {control: "http://10.0.0.5:8474"}}',
      ['127.0.0.1:6379', '10.0.0.5:8474'],
    ],
    ['recordings: {pay: {file: pay.rec, server: https://pay.example.com}}', ['pay.example.com:443']],
  ] as const)
    it(yaml, () => assert.deepEqual(destinations(yaml), places));
});

describe('a held network', () => {
  it('has places of the file by what they mean, and nothing else', async () => {
    const { compartment, told } = openTold();
    await using network = new HeldNetwork(compartment, rules);
    await network.allowOfFile(['localhost:8080', '10.0.0.5:80']);
    const { allowed, hosts } = told.at(-1)!;
    assert.deepEqual(allowed, [
      { network: '127.0.0.1', ports: [8080, 8080] },
      { network: '::1', ports: [8080, 8080] },
      { network: '10.0.0.5', ports: [80, 80] },
    ]);
    assert.deepEqual(hosts, {});
  });

  it('never has what Marteau is made of, by whatever address of this machine, nor metadata of clouds', async () => {
    const { compartment, told } = openTold();
    await using network = new HeldNetwork(compartment, rules);
    await network.allowOfFile([]);
    const never = told.at(-1)!.never.map(({ network: at, ports }) => `${at} ${ports}`);
    const own = Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => address));
    for (const address of ['127.0.0.0/8', '::1', ...own])
      assert.ok(never.includes(`${address} 6379,6379`), address);
    assert.ok(never.includes('169.254.169.254 0,65535'));
  });

  it('has registries while they are needed', async () => {
    const { compartment, told } = openTold();
    await using network = new HeldNetwork(compartment, rules);
    const reached = () => told.at(-1)!.allowed.map(({ network: at }) => at);
    const takeBack = await network.allowRegistries();
    assert.deepEqual(reached(), ['10.9.9.9']);
    await takeBack();
    assert.deepEqual(reached(), []);
  });

  it('refuses what the operator does not allow, and has places of ours all the same', async () => {
    const { compartment, told } = openTold();
    for (const [allowed, place] of [
      [outsidePolicy({}), '127.0.0.1:5432'],
      [outsidePolicy({ deny: parseAllowedHosts('10.1.0.0/16') }), '10.1.2.3:80'],
      [outsidePolicy({ targets: parseAllowedHosts('10.0.0.0/8') }), '192.168.0.1:80'],
    ] as const) {
      await using network = new HeldNetwork(compartment, { ...rules, allowed });
      await assert.rejects(network.allowOfFile([place]), { code: 'target-denied' });
      await network.allow([place]);
      assert.equal(told.at(-1)!.allowed.length, 1);
    }
    await using network = new HeldNetwork(compartment, {
      ...rules,
      allowed: outsidePolicy({ targets: parseAllowedHosts('10.0.0.0/8, localhost') }),
    });
    await network.allowOfFile(['10.1.2.3:80', 'localhost:80']);
  });

  it('holds places to their limits, and says which of these held', async () => {
    const limits = {
      '10.0.0.5:80': { connects: 5, open: 6, bytes: 640_000 },
      '10.0.0.6:80': { connects: null, open: 9, bytes: null },
    };
    const { compartment, told } = openTold(
      [],
      [
        { limit: 0, connects: 3, open: 2, packets: 1 },
        { limit: 1, connects: 0, open: 0, packets: 0 },
      ],
    );
    await using network = new HeldNetwork(compartment, rules);
    await network.allowOfFile(['10.0.0.4:80', '10.0.0.6:80', '10.0.0.5:80'], limits);
    const { allowed, limits: given } = told.at(-1)!;
    assert.deepEqual(
      allowed.map(({ network: at, limit }) => [at, limit]),
      [
        ['10.0.0.4', undefined],
        ['10.0.0.6', 1],
        ['10.0.0.5', 0],
      ],
    );
    assert.deepEqual(given, Object.values(limits));
    assert.deepEqual(await network.limited(), [
      'The limits of 10.0.0.5:80 held the run: 3 of its connections were refused, as more than 5 a second were made; 2 of its connections were refused, as more than 6 were open; packets were sent later, as more than 640 kB a second were sent.',
    ]);
  });

  it('closes a place by whatever name it has, but for what is ours, and gives it back', async () => {
    const { compartment, told } = openTold([{ address: '10.0.0.5', port: 80, protocol: 'tcp', count: 1 }]);
    await using network = new HeldNetwork(compartment, rules);
    await network.allowOfFile(['10.0.0.5:80', 'localhost:80', '127.0.0.1:80', '10.0.0.5:81']);
    const rulesNow = () => told.at(-1)!.allowed.map(({ network: at, ports }) => `${at}:${ports![0]}`);
    await network.allow(['127.0.0.1:9000']);
    const giveBack = await network.close(['10.0.0.5:80', 'localhost:80']);
    assert.deepEqual(rulesNow(), ['10.0.0.5:81', '127.0.0.1:9000']);
    assert.match(
      (await network.refusals())[0]!,
      /and was refused: what goes there is measured by Marteau’s proxy/,
    );
    await giveBack();
    assert.deepEqual(new Set(rulesNow()).size, 5);
  });

  it('keeps a place closed whose name means one of many addresses by turns', async (context) => {
    let asked = 0;
    const lookup = async () => {
      asked += 1;
      return [{ address: `10.0.0.${asked}`, family: 4 }];
    };
    context.mock.method(dns.promises, 'lookup', lookup as unknown as typeof dns.promises.lookup);
    syncBuiltinESMExports();
    context.after(syncBuiltinESMExports);
    const { compartment, told } = openTold();
    await using network = new HeldNetwork(compartment, rules);
    await network.allowOfFile(['shop.test:80']);
    const giveBack = await network.close(['shop.test:80']);
    for (let looks = 0; looks < 3; looks += 1) await network.allow([]);
    assert.ok(asked >= 5);
    assert.deepEqual(
      told.slice(1).flatMap(({ allowed }) => allowed),
      [],
    );
    await giveBack();
    assert.equal(told.at(-1)!.allowed.length, 1);
  });

  it('says once what was refused, with the line that would allow it', async () => {
    const { compartment } = openTold([
      { address: '10.0.0.5', port: 5432, protocol: 'tcp', count: 3 },
      { address: 'fd00::5', port: 53, protocol: 'udp', count: 1 },
      { address: '127.0.0.1', port: 6379, protocol: 'tcp', count: 1 },
      { address: '169.254.169.254', port: 80, protocol: 'tcp', count: 2 },
    ]);
    await using network = new HeldNetwork(compartment, rules);
    await network.allowOfFile([]);
    assert.deepEqual(await network.refusals(), [
      'A program of the run tried to reach 10.0.0.5:5432 (TCP, 3 times) and was refused. To allow it, write network: ["10.0.0.5:5432"] into .marteau.yml.',
      'A program of the run tried to reach [fd00::5]:53 (UDP, once) and was refused. To allow it, write network: ["[fd00::5]:53"] into .marteau.yml.',
      'A program of the run tried to reach 127.0.0.1:6379 (TCP, once) and was refused: no run may go there.',
      'A program of the run tried to reach 169.254.169.254:80 (TCP, twice) and was refused: no run may go there.',
    ]);
    assert.deepEqual(await network.refusals(), []);
  });
});
