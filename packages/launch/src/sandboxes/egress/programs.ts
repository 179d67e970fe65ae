import { networkInterfaces } from 'node:os';
import { type Assembled, assemble } from './assembler.ts';
import {
  attachProgram,
  type Hook,
  loadProgram,
  makeArray,
  makeCounts,
  makeSocketStorage,
  writeValue,
} from './bpf.ts';
import { call, type Order, set } from './hands.ts';
import { judge } from './judge.ts';
import {
  countReleased,
  initialValue,
  judgePacket,
  LIMIT_BYTES,
  LIMITED,
  LIMITS,
  MOST_LIMITS,
} from './limits.ts';
import { judgeBoundSocket, judgeNewSocket, MARKS } from './own-sockets.ts';
import type { EgressLimit, EgressPolicy } from './policy.ts';
import { COUNT_BYTES, KEY_BYTES, MOST_REFUSALS, REFUSALS } from './refusals.ts';

type Program = readonly [name: string, hook: Hook, code: Assembled];

const AT_FDCWD = -100;

/** Opens a file below which orders call it by this name. */
export function openFile(name: string, path: string, flags: number): Order[] {
  return [
    set(`${name}.path`, Buffer.from(`${path}\0`)),
    call(name, 'openat', AT_FDCWD, `${name}.path`, flags),
  ];
}

/** Opens the cgroup, and loads what does not depend on the policy. */
export function prepare(cgroup: string): Order[] {
  return [
    ...openFile('cgroup', cgroup, 0),
    ...makeSocketStorage(MARKS),
    ...makeCounts(REFUSALS, KEY_BYTES, COUNT_BYTES, MOST_REFUSALS),
    ...markers.flatMap((program) => loadProgram(...program)),
  ];
}

const markers: readonly Program[] = [['made', 'made', assemble(judgeNewSocket)]];

export function attachMarkers(): Order[] {
  return markers.flatMap(([name, hook]) => attachProgram(name, hook, 'cgroup'));
}

/** Makes what limits need, once there are any. */
export function prepareLimits(): Order[] {
  const programs: readonly Program[] = [
    ['released', 'released', assemble(countReleased)],
    ['sent', 'sent', assemble(judgePacket)],
  ];
  return [
    ...makeSocketStorage(LIMITED),
    ...makeArray(LIMITS, LIMIT_BYTES, MOST_LIMITS),
    ...programs.flatMap((program) => loadProgram(...program)),
    ...programs.flatMap(([name, hook]) => attachProgram(name, hook, 'cgroup')),
  ];
}

/** Writes those limits from a number on. */
export function writeLimits(limits: readonly EgressLimit[], from: number): Order[] {
  return limits
    .slice(from)
    .flatMap((limit, index) => writeValue('limit', LIMITS, from + index, initialValue(limit)));
}

const judges = {
  bound4: 'bound',
  bound6: 'bound',
  connect4: 4,
  connect6: 6,
  send4: 4,
  send6: 6,
} as const;
/** Programs that go by a policy: for where one listens, and by families of addresses for where one goes. */
export type Judges = Readonly<Record<4 | 6 | 'bound', string>>;
const judgeHooks = Object.keys(judges) as (keyof typeof judges)[];

/** @throws RangeError for a policy that is none */
export function judgesOf(policy: EgressPolicy): Judges {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all!.map(({ address }) => address));
  const own = ['127.0.0.0/8', ...new Set([...addresses, '::1'])];
  return { 4: judge(4, policy, own), 6: judge(6, policy, own), bound: judgeBoundSocket(policy, own) };
}

/** @param version of the policy, from 0 on */
export function loadJudges(texts: Judges, version: number): Order[] {
  const code = { 4: assemble(texts[4]), 6: assemble(texts[6]), bound: assemble(texts.bound) };
  return judgeHooks.flatMap((hook) => loadProgram(nameOf(hook, version), hook, code[judges[hook]]));
}

/** Each takes the place of its predecessor in one step, so that somebody judges at any time. */
export function attachJudges(version: number): Order[] {
  return judgeHooks.flatMap((hook) => {
    const name = nameOf(hook, version);
    if (version === 0) return attachProgram(name, hook, 'cgroup');
    const old = nameOf(hook, version - 1);
    return [...attachProgram(name, hook, 'cgroup', old), call(`${old}.closed`, 'close', old)];
  });
}

/** Two names by turns, so that as much is kept after a thousand changes as after one. */
function nameOf(hook: Hook, version: number): string {
  return `${hook}.${version % 2}`;
}
