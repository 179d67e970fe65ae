import { mkdtempSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { call, doAtOnce, failureOf, type Order, set, systemCalls } from './hands.ts';
import { attachJudges, attachMarkers, judgesOf, loadJudges, openFile, prepare } from './programs.ts';

const NOT_PERMITTED = 1;

let known: { readonly reason: string | null } | undefined;

/** Why it cannot be had here, found by trying (once per process, 30 ms); null where it can. */
export function whyNoEgress(): string | null {
  known ??= { reason: find() };
  return known.reason;
}

function find(): string | null {
  if (!systemCalls) return 'it needs Linux on x64 or arm64';
  try {
    const mount = /^(?:\S+ ){4}(\S+) .* - cgroup2 /m.exec(readFileSync('/proc/self/mountinfo', 'utf8'))?.[1];
    if (!mount) return 'there is no cgroup2';
    const cgroup = mkdtempSync(join(mount, 'marteau-try-'));
    try {
      return tryIn(cgroup);
    } finally {
      rmdirSync(cgroup);
    }
  } catch (error) {
    return (error as Error).message;
  }
}

/** A process in the cgroup must be told that it may not connect to port 9 of this machine. */
function tryIn(cgroup: string): string | null {
  const judges = judgesOf({ never: [], allowed: [] });
  const orders: Order[] = [
    ...[...prepare(cgroup), ...loadJudges(judges, 0), ...attachMarkers(), ...attachJudges(0)],
    ...openFile('processes', join(cgroup, 'cgroup.procs'), 1),
    set('me', Buffer.from('0')),
    call('enter', 'write', 'processes', 'me', 1),
    call('socket', 'socket', 2, 1, 0),
    set('address', Buffer.from([2, 0, 0, 9, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])),
    call('connect', 'connect', 'socket', 'address', 16),
  ];
  const failure = failureOf(orders, doAtOnce(orders));
  if (failure?.name !== 'connect') return failure?.sentence ?? 'the kernel lets pass what was refused';
  return failure.errno === NOT_PERMITTED ? null : 'the kernel asks no program of a cgroup';
}
