import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmdirSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { type EgressPolicy, type EgressRule, openEgress, whyNoEgress } from './egress.ts';

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
});

function rule(network: string, ports: EgressRule['ports'] = null): EgressRule {
  return { network, ports };
}

/** Servers outside of the cgroup, at any address of this machine, on ports of their own. */
async function openServers(): Promise<AsyncDisposable & { tcp: number; udp: number; received: string[] }> {
  const server: Server = createServer((socket) => socket.resume().on('error', () => {})).listen(0, '::');
  await once(server, 'listening');
  const received: string[] = [];
  const socket = createSocket('udp6').bind(0, '::');
  await once(socket, 'listening');
  return {
    tcp: (server.address() as { port: number }).port,
    udp: socket.address().port,
    received,
    async [Symbol.asyncDispose]() {
      socket.close();
      server.close();
    },
  };
}

/** A client in a cgroup of its own, under a policy. */
async function openRun(policy: EgressPolicy) {
  const cgroup = makeCgroup();
  const egress = await openEgress(cgroup, policy);
  const client = spawn(
    'sh',
    [
      '-c',
      'echo 0 > "$0/cgroup.procs"; exec perl "$1"',
      cgroup,
      join(import.meta.dirname, 'fixtures/client.pl'),
    ],
    { stdio: ['pipe', 'pipe', 'inherit'], env: { PATH: process.env.PATH, LC_ALL: 'C' } },
  );
  const lines = createInterface(client.stdout)[Symbol.asyncIterator]();
  return {
    egress,
    async ask(line: string): Promise<string> {
      client.stdin.write(`${line}\n`);
      return (await lines.next()).value as string;
    },
    async [Symbol.asyncDispose]() {
      client.kill('SIGKILL');
      await once(client, 'close');
      await egress[Symbol.asyncDispose]();
      rmdirSync(cgroup);
    },
  };
}

function makeCgroup(): string {
  const mount = /^(?:\S+ ){4}(\S+) .* - cgroup2 /m.exec(readFileSync('/proc/self/mountinfo', 'utf8'))![1]!;
  return mkdtempSync(join(mount, 'marteau-test-'));
}
