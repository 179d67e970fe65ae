import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync } from 'node:fs';
import { BlockList, createServer, isIPv6, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { descendantsOf, waitUntil } from '@marteau/testkit';
import fc from 'fast-check';
import { assemble } from './assembler.ts';
import { loadProgram } from './bpf.ts';
import { type EgressPolicy, type EgressRule, openEgress, whyNoEgress } from './egress.ts';
import { call, get, Hands, set } from './hands.ts';

const NOTHING: EgressPolicy = { never: [], allowed: [] };
const NEXT_PROGRAM = 11; // BPF_PROG_GET_NEXT_ID
const HAS_MPTCP = existsSync('/proc/sys/net/mptcp/enabled');
const REFUSED = 'Operation not permitted';

describe('egress', { skip: whyNoEgress() ?? false }, () => {
  it('refuses what no rule allows, by whatever way a socket goes there', async () => {
    await using other = await openServers();
    await using run = await openRun({ never: [], allowed: [rule('127.0.0.1'), rule('::1')] });
    const { tcp, udp } = other;
    for (const [line, answer] of [
      [`connect tcp 127.0.0.1 ${tcp}`, 'ok'],
      [`connect tcp ::1 ${tcp}`, 'ok'],
      [`connect tcp ::ffff:127.0.0.1 ${tcp}`, 'ok'],
      [`connect mptcp 127.0.0.1 ${tcp}`, 'ok'],
      [`fastopen tcp 127.0.0.1 ${tcp}`, 'ok'],
      [`connect udp 127.0.0.1 ${udp}`, 'ok'],
      [`send 127.0.0.1 ${udp}`, 'ok'],
      [`send ::1 ${udp}`, 'ok'],
      [`send ::ffff:127.0.0.1 ${udp}`, 'ok'],
      [`connect tcp 127.9.0.1 ${tcp}`, REFUSED],
      [`connect tcp ::ffff:127.9.0.1 ${tcp}`, REFUSED],
      [`connect tcp ::2 ${tcp}`, REFUSED],
      [`connect mptcp 127.9.0.1 ${tcp}`, REFUSED],
      [`connect mptcp ::ffff:127.9.0.1 ${tcp}`, REFUSED],
      [`fastopen tcp 127.9.0.1 ${tcp}`, REFUSED],
      [`fastopen tcp ::ffff:127.9.0.1 ${tcp}`, REFUSED],
      [`fastopen mptcp 127.9.0.1 ${tcp}`, REFUSED],
      [`connect udp 127.9.0.1 ${udp}`, REFUSED],
      [`connect udp ::ffff:127.9.0.1 ${udp}`, REFUSED],
      [`send 127.9.0.1 ${udp}`, REFUSED],
      [`send ::ffff:127.9.0.1 ${udp}`, REFUSED],
      [`send ::2 ${udp}`, REFUSED],
    ] as const) {
      assert.equal(await run.ask(line), answer, line);
    }
  });

  it('leaves a run what it listens on itself, at every address of this machine', async () => {
    await using run = await openRun(NOTHING);
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((those) => !those?.internal)?.address;
    for (const [protocol, listening, ...reached] of [
      ['tcp', '127.0.0.1', '127.0.0.1', '::ffff:127.0.0.1', '0.0.0.0', '::ffff:0.0.0.0'],
      ['tcp', '127.9.0.1', '127.9.0.1'],
      ['tcp', '0.0.0.0', '127.0.0.1', '127.3.0.1', outside ?? '127.0.0.1'],
      ['tcp', '::1', '::1', '::'],
      ['tcp', '::', '::1', '127.0.0.1', '::ffff:127.0.0.1', outside ?? '::1'],
      ['mptcp', '127.0.0.1', '127.0.0.1'],
      ['mptcp', '::', '127.0.0.1', '::1'],
      ['udp', '127.0.0.1', '127.0.0.1', '0.0.0.0'],
      ['udp', '::', '::1', '127.0.0.1', '::ffff:127.9.0.1'],
    ] as const) {
      const port = await run.ask(`listen ${protocol} ${listening}`);
      const ways =
        protocol === 'udp' ? ['connect udp', 'send'] : ['connect tcp', 'connect mptcp', 'fastopen tcp'];
      for (const way of ways) {
        for (const address of reached) {
          assert.equal(await run.ask(`${way} ${address} ${port}`), 'ok', `${listening}, ${way} ${address}`);
        }
      }
      assert.equal(
        await run.ask(`connect ${protocol === 'udp' ? 'tcp' : 'udp'} ${reached[0]} ${port}`),
        REFUSED,
      );
    }
    assert.equal(await run.ask(`answer ${await run.ask('listen udp 0.0.0.0')}`), 'answer');
  });

  it('does not take what others listen on for its own, whatever it binds', async () => {
    await using other = await openServers('127.0.0.1');
    await using run = await openRun(NOTHING);
    for (const [protocol, port] of [
      ['tcp', other.tcp],
      ['udp', other.udp],
    ] as const) {
      assert.equal(await run.ask(`listen ${protocol} 127.0.0.2 ${port}`), String(port));
      assert.equal(await run.ask(`listen ${protocol} ::1 ${port}`), String(port));
      assert.equal(await run.ask(`connect ${protocol} 127.0.0.2 ${port}`), 'ok', protocol);
      for (const address of ['127.0.0.1', '::ffff:127.0.0.1', '0.0.0.0']) {
        assert.equal(await run.ask(`connect ${protocol} ${address} ${port}`), REFUSED, address);
      }
    }
    const port = await run.ask('listen tcp 0.0.0.0');
    assert.equal(await run.ask(`connect tcp 198.51.100.1 ${port}`), REFUSED);
  });

  it('does not let it listen in the place of what it may never reach', async () => {
    await using other = await openServers('127.0.0.1');
    const ports = [other.tcp, other.tcp] as const;
    await using run = await openRun({ never: [rule('127.0.0.0/8', ports), rule('::1', ports)], allowed: [] });
    for (const address of ['127.0.0.2', '::1'])
      assert.equal(await run.ask(`listen tcp ${address} ${other.tcp}`), REFUSED, address);
    assert.match(await run.ask('listen tcp ::1'), /^\d+$/);
  });

  it('does not take a port for its own that it has bound and another listens on', async () => {
    await using run = await openRun(NOTHING);
    const port = Number(await run.ask('bind tcp 127.0.0.1'));
    await using _other = await openServers('127.0.0.1', port);
    assert.equal(await run.ask(`connect tcp 127.0.0.1 ${port}`), REFUSED);
  });

  it('means 127.0.0.1 by 0.0.0.0, also where a socket is bound elsewhere', async () => {
    await using other = await openServers('127.9.0.1');
    await using run = await openRun({ never: [], allowed: [rule('127.0.0.1')] });
    assert.equal(await run.ask(`connect tcp 0.0.0.0 ${other.tcp} 127.9.0.1`), 'Connection refused');
    assert.equal(
      await run.ask(`connect tcp ::ffff:0.0.0.0 ${other.tcp} ::ffff:127.9.0.1`),
      'Connection refused',
    );
  });

  it('goes by `never` first, then by ports and the length of networks', async () => {
    await using other = await openServers();
    const { tcp } = other;
    await using run = await openRun({
      never: [rule('127.1.0.0/16'), rule('::1', [tcp, tcp])],
      allowed: [
        rule('127.0.0.0/14'),
        rule('127.8.0.0/16', [tcp, tcp]),
        rule('127.9.0.0/16', [1, tcp - 1]),
        rule('::/0'),
      ],
    });
    const own = await run.ask('listen tcp 127.1.0.1');
    for (const [address, port, answer] of [
      ['127.0.0.1', tcp, 'ok'],
      ['127.3.255.255', tcp, 'ok'],
      ['127.1.0.1', tcp, REFUSED],
      ['127.1.0.1', own, REFUSED],
      ['127.4.0.0', tcp, REFUSED],
      ['127.8.0.1', tcp, 'ok'],
      ['127.9.0.1', tcp, REFUSED],
      ['::1', tcp, REFUSED],
      ['::1', 1, 'Connection refused'],
    ] as const) {
      assert.equal(await run.ask(`connect tcp ${address} ${port}`), answer, `${address} ${port}`);
    }
  });

  it('judges by any policy as a reading of its rules does', async () => {
    await using run = await openRun(NOTHING);
    const bits = fc.integer({ min: 0, max: 3 });
    const address = fc.oneof(
      fc.tuple(bits, bits, bits).map((parts) => `10.${parts.join('.')}`),
      fc.tuple(bits, bits, bits).map(([a, b, c]) => `fd00:${a}:${b}::${c}`),
    );
    const port = fc.integer({ min: 1, max: 4 });
    const rules = fc.array(
      fc
        .tuple(address, fc.integer({ min: 0, max: 128 }), fc.option(fc.tuple(port, port)))
        .map(([text, length, ports]) =>
          rule(
            `${text}/${isIPv6(text) ? length : length % 33}`,
            ports && [Math.min(...ports), Math.max(...ports)],
          ),
        ),
      { maxLength: 4 },
    );
    const asked = fc.array(fc.tuple(address, port), { minLength: 20, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(rules, rules, asked, async (never, allowed, places) => {
        await run.egress.set({ never, allowed });
        for (const [where, at] of places) {
          const isAllowed = !holds(never, where, at) && holds(allowed, where, at);
          const answer = await run.ask(`connect udp ${where} ${at}`); // which sends nothing
          assert.equal(answer !== REFUSED, isAllowed, `${where} ${at}`);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('lets nobody make a socket that no hook judges', async () => {
    await using run = await openRun({ never: [], allowed: [rule('0.0.0.0/0'), rule('::/0')] });
    for (const [family, type, protocol] of [
      [2, 3, 1],
      [2, 3, 6],
      [2, 3, 255],
      [10, 3, 58],
    ]) {
      assert.equal(await run.ask(`make ${family} ${type} ${protocol}`), REFUSED);
    }
    assert.equal(await run.ask('make 2 1 6'), 'ok');
    assert.equal(await run.ask('make 1 1 0'), 'ok');
  });

  it('changes the policy of a run that goes on, and leaves what is connected', async () => {
    await using other = await openServers();
    await using run = await openRun(NOTHING);
    const connect = `connect tcp 127.0.0.1 ${other.tcp}`;
    assert.equal(await run.ask(connect), REFUSED);
    await Promise.all(
      [NOTHING, { never: [], allowed: [rule('127.0.0.1')] }].map((policy) => run.egress.set(policy)),
    );
    assert.equal(await run.ask(connect), 'ok');
    await run.egress.set(NOTHING);
    assert.equal(await run.ask('talk'), 'ok');
    assert.equal(await run.ask(connect), REFUSED);
    await assert.rejects(run.egress.set({ never: [], allowed: [rule('127.0.0.1/33')] }), RangeError);
    assert.equal(await run.ask(connect), REFUSED);
  });

  it('counts what it refuses, by address, port and protocol', async () => {
    await using run = await openRun({ never: [], allowed: [rule('127.0.0.1', [1, 1])] });
    assert.deepEqual(await run.egress.refused(), []);
    for (const line of [
      'connect tcp 127.9.0.1 80',
      'connect tcp ::ffff:127.9.0.1 80',
      'connect mptcp 127.9.0.1 80',
      'connect udp 127.9.0.1 80',
      'send ::2 53',
      'connect udp 127.9.0.1 0', // a resolver that asks for a way
      'connect udp 127.0.0.1 0',
    ]) {
      await run.ask(line);
    }
    assert.deepEqual(
      new Set(await run.egress.refused()),
      new Set([
        { address: '127.9.0.1', port: 80, protocol: 'tcp', count: 3 },
        { address: '127.9.0.1', port: 80, protocol: 'udp', count: 1 },
        { address: '::2', port: 53, protocol: 'udp', count: 1 },
      ]),
    );
    for (let port = 1; port <= 3000; port++) await run.ask(`send 127.9.0.1 ${port}`);
    const counted = await run.egress.refused();
    assert.ok(counted.length > 500 && counted.length <= 1024, `${counted.length} are kept`);
    assert.ok(counted.some(({ port }) => port === 3000));
  });

  it('stays in force for a run when those who set it are gone', async () => {
    await using other = await openServers();
    await using run = await openRun(NOTHING);
    const keeper = descendantsOf(process.pid).find(({ command }) => command.includes('kernel.pl'))!;
    process.kill(keeper.pid, 'SIGKILL');
    await assert.rejects(run.egress.set({ never: [], allowed: [rule('127.0.0.1')] }), /has ended/);
    await assert.rejects(run.egress.refused(), /has ended/);
    assert.equal(await run.ask(`connect tcp 127.0.0.1 ${other.tcp}`), REFUSED);
    assert.equal(await run.ask(`connect tcp ::1 ${other.tcp}`), REFUSED);
  });

  it('holds in cgroups that are made below', async () => {
    await using other = await openServers();
    await using run = await openRun(NOTHING, 'below');
    assert.equal(await run.ask(`connect tcp 127.0.0.1 ${other.tcp}`), REFUSED);
    assert.equal(await run.ask(`connect tcp 127.0.0.1 ${await run.ask('listen tcp 127.0.0.1')}`), 'ok');
  });

  it('takes 500 rules, and says what is wrong with a policy', async () => {
    await using other = await openServers();
    const rules = Array.from({ length: 499 }, (_, index) => rule(`fd00:${index.toString(16)}::/33`, [1, 2]));
    await using run = await openRun({ never: rules, allowed: [rule('::1')] });
    assert.equal(await run.ask(`connect tcp ::1 ${other.tcp}`), 'ok');
    assert.equal(await run.ask(`connect tcp ::2 ${other.tcp}`), REFUSED);
    for (const wrong of [
      [...rules, rule('::1'), rule('::2')],
      [rule('example.com')],
      [rule('::1', [2, 1])],
      [rule('::1', [0, 65_536])],
    ]) {
      await assert.rejects(run.egress.set({ never: [], allowed: wrong }), RangeError);
    }
  });

  it('tells what the kernel says when it refuses', async () => {
    await assert.rejects(
      openEgress(import.meta.dirname, NOTHING),
      /refuses “made.attached”: bad file descriptor/i,
    );
    await assert.rejects(openEgress('/nowhere', NOTHING), /refuses “cgroup”: no such file or directory/i);
    await using hands = new Hands();
    const wrong = assemble('r0 = u32[r1 4000]; exit');
    await assert.rejects(
      hands.doAll(loadProgram('wrong', 'connect4', wrong)),
      /“wrong”.*\(invalid bpf_context access/,
    );
  });

  it('lets so many connections be made in a second, and so many be open, as a place allows', async () => {
    await using other = await openServers();
    const limits = [
      { connects: 3, open: null, bytes: null },
      { connects: null, open: 2, bytes: null },
    ];
    await using run = await openRun(NOTHING);
    const allowed = [
      { ...rule('127.0.0.1'), limit: 0 },
      { ...rule('127.0.0.2'), limit: 1 },
      { ...rule('::1'), limit: 1 },
      rule('127.0.0.3'),
    ];
    await run.egress.set({ never: [], allowed, limits });
    const connect = (address: string) => run.ask(`connect tcp ${address} ${other.tcp}`);
    const many = [];
    for (let n = 0; n < 40; n += 1) many.push(await connect('127.0.0.1'));
    assert.ok(many.includes('ok') && many.includes(REFUSED), many.join());
    for (let n = 0; n < 10; n += 1) assert.equal(await connect('127.0.0.3'), 'ok');

    // A socket that goes where the client connected before is closed with the next one.
    assert.equal(await run.ask(`keep tcp 127.0.0.2 ${other.tcp}`), 'ok');
    assert.equal(await run.ask(`keep tcp ::1 ${other.tcp}`), 'ok', 'another place of the same limit');
    assert.equal(await connect('127.0.0.2'), REFUSED);
    assert.equal(await run.ask('drop'), 'ok');
    for (let n = 0; n < 5; n += 1)
      assert.equal(await connect('127.0.0.2'), 'ok', 'what is closed counts no more');
    const [first, second] = await run.egress.limited();
    assert.ok(first!.connects > 0 && first!.open === 0);
    assert.deepEqual([second!.connects, second!.open, second!.packets], [0, 1, 0]);
    await run.egress.set({ never: [], allowed, limits: [...limits, { connects: 1, open: 1, bytes: 1 }] });
    assert.equal((await run.egress.limited()).length, 3);
    assert.equal((await run.egress.limited())[1]!.open, 1, 'what was counted stays');
  });

  it('lets so many bytes pass in a second as a place allows', async () => {
    let received = 0;
    const sink = createServer(
      (socket) => void socket.on('data', (bytes) => (received += bytes.length)).on('error', () => {}),
    );
    sink.listen(0, '127.0.0.1');
    await once(sink, 'listening');
    const { port } = sink.address() as { port: number };
    const limits = [{ connects: null, open: null, bytes: 300_000 }];
    {
      await using run = await openRun({ never: [], allowed: [{ ...rule('127.0.0.1'), limit: 0 }], limits });
      assert.equal(await run.ask(`connect tcp 127.0.0.1 ${port}`), 'ok');
      const begun = performance.now();
      const [said] = await Promise.all([
        run.ask('flood 30000000'),
        waitUntil('packets to be dropped', async () => (await run.egress.limited())[0]!.packets > 0),
      ]);
      const seconds = (performance.now() - begun) / 1000;
      assert.equal(said, 'ok');
      // A packet that fits the window's beginning may be 64 KB; and a window may have begun just before.
      assert.ok(received < 300_000 * (seconds + 3), `${received} bytes in ${seconds} s`);
    }
    sink.close();
    await once(sink, 'close');
  });

  it('leaves nothing behind when it was opened fifty times', async () => {
    const before = await countPrograms();
    for (let times = 0; times < 50; times++) {
      const cgroup = makeCgroup();
      await using egress = await openEgress(cgroup, NOTHING);
      await egress.set(NOTHING);
      rmdirSync(cgroup);
    }
    assert.deepEqual(descendantsOf(process.pid), []);
    await waitUntil('the kernel to drop the programs', async () => (await countPrograms()) < before + 50);
  });
});

function rule(network: string, ports: EgressRule['ports'] = null): EgressRule {
  return { network, ports };
}

/** Whether one of the rules is about this place. */
function holds(rules: readonly EgressRule[], address: string, port: number): boolean {
  return rules.some(({ network, ports }) => {
    const list = new BlockList();
    const family = isIPv6(network.split('/')[0]!) ? 'ipv6' : 'ipv4';
    list.addSubnet(network.split('/')[0]!, Number(network.split('/')[1]), family);
    const [from, to] = ports ?? [1, 65_535];
    const isOfFamily = isIPv6(address) === (family === 'ipv6');
    return isOfFamily && list.check(address, family) && from <= port && port <= to;
  });
}

/** Servers outside of the cgroup. */
async function openServers(
  address = '::',
  port = 0,
): Promise<AsyncDisposable & { tcp: number; udp: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket.resume().on('error', () => {})));
  await once(server.listen(port, address), 'listening');
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4').bind(0, address);
  await once(socket, 'listening');
  return {
    tcp: (server.address() as { port: number }).port,
    udp: socket.address().port,
    async [Symbol.asyncDispose]() {
      socket.close();
      server.close();
      for (const connected of sockets) connected.destroy();
    },
  };
}

/** A client in a cgroup of its own, under a policy. */
async function openRun(policy: EgressPolicy, below = '.') {
  const cgroup = makeCgroup();
  const home = join(cgroup, below);
  mkdirSync(home, { recursive: true });
  const egress = await openEgress(cgroup, policy);
  const client = spawn(
    'sh',
    [
      '-c',
      'echo 0 > "$0/cgroup.procs"; exec perl "$1"',
      home,
      join(import.meta.dirname, 'fixtures/client.pl'),
    ],
    { stdio: ['pipe', 'pipe', 'inherit'], env: { PATH: process.env.PATH, LC_ALL: 'C' } },
  );
  const lines = createInterface(client.stdout)[Symbol.asyncIterator]();
  return {
    egress,
    async ask(line: string): Promise<string> {
      client.stdin.write(`${HAS_MPTCP ? line : line.replace('mptcp', 'tcp')}\n`);
      return (await lines.next()).value as string;
    },
    async [Symbol.asyncDispose]() {
      client.kill('SIGKILL');
      await once(client, 'close');
      await egress[Symbol.asyncDispose]();
      for (const folder of new Set([home, cgroup])) rmdirSync(folder);
    },
  };
}

function makeCgroup(): string {
  const mount = /^(?:\S+ ){4}(\S+) .* - cgroup2 /m.exec(readFileSync('/proc/self/mountinfo', 'utf8'))![1]!;
  return mkdtempSync(join(mount, 'marteau-test-'));
}

/** All programs that the kernel holds, whoever's. */
async function countPrograms(): Promise<number> {
  await using hands = new Hands();
  for (let count = 0, attributes = Buffer.alloc(12); ; count++) {
    const orders = [set('at', attributes), call('next', 'bpf', NEXT_PROGRAM, 'at', 12), get('at')];
    const [answer, hex] = await hands.do(orders);
    if (answer!.startsWith('-')) return count;
    const id = Buffer.from(hex!, 'hex').readUInt32LE(4);
    attributes = Buffer.alloc(12);
    attributes.writeUInt32LE(id);
  }
}
