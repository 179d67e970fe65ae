import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Compartment, CompartmentOptions, Containment, Rung } from '../compartment.ts';
import { tool } from '../find-program.ts';
import { makeCgroup, removeCgroup } from '../sandboxes/cgroup.ts';
import { confine } from '../sandboxes/confine.ts';
import { openEgress, whyNoEgress } from '../sandboxes/egress/egress.ts';
import { childOf, namespaceSandbox } from '../sandboxes/namespace.ts';
import { makeEtc, newRoot, writeHosts } from '../sandboxes/new-root.ts';
import { claimUid, releaseDeadUids, releaseUid, SHARED_UID } from '../sandboxes/own-uid.ts';
import { compartmentOf } from './compartment-of.ts';

/** What /tmp holds. */
const TEMP_BYTES = 1024 ** 3;
const TEMP_FILES = 100_000;

/** Of root's powers those that bubblewrap leaves to `setpriv`, which then gives all of them away. */
const KEPT = ['SETUID', 'SETGID', 'SETPCAP', 'DAC_READ_SEARCH'].flatMap((name) => [
  '--cap-add',
  `CAP_${name}`,
]);

const NOTHING = { never: [], allowed: [] };

const run = promisify(execFile);

/** For root: an account, a root, limits and a network of its own. */
export const contained: Rung = {
  containment: 'contained',
  open: (options) => open('contained', options, openEgress),
};

/** The same where the kernel does not let us hold the network. */
export const containedNetworkOpen: Rung = {
  containment: 'contained, network open',
  open: (options) => open('contained, network open', options, null),
};

async function open(
  containment: Containment,
  options: CompartmentOptions,
  hold: typeof openEgress | null,
): Promise<Compartment> {
  if (process.getuid?.() !== 0) throw new Error('the worker is not root');
  const cannotHold = hold && whyNoEgress();
  if (cannotHold) throw new Error(cannotHold);
  await using stack = new AsyncDisposableStack();
  const claim = stack.adopt(claimUid(), releaseUid);
  const { temp, shared } = options;
  const uid = shared === undefined ? claim : SHARED_UID;
  const name = nameOf(claim);
  const size = `size=${TEMP_BYTES},nr_inodes=${TEMP_FILES},mode=1777`;
  const cgroup = makeCgroup(name, options.limits);
  stack.defer(() => cgroup.remove());
  const taken = async (): Promise<void> => {
    await own(options.writable, uid);
    if (shared !== undefined && statSync(shared).uid !== uid) await own([shared], uid);
  };
  const mounted = async (): Promise<AsyncDisposable> => {
    await run(tool('mount'), ['-t', 'tmpfs', '-o', size, name, temp]);
    return { [Symbol.asyncDispose]: () => unmount(temp) };
  };
  // A start waits for the slowest of them. Each is waited for, also where another one failed: what it made has to go.
  const [etc, egress] = await allOf(stack, [
    makeEtc(uid),
    hold?.(cgroup.unified!, NOTHING),
    mounted(),
    taken(),
  ]);
  const entrance = [
    ...newRoot({ ...options, etc: etc.path }, ['--cap-drop', 'ALL', ...KEPT]),
    ...[tool('setpriv'), '--reuid', `${uid}`, '--regid', `${uid}`, '--clear-groups'],
    ...['--bounding-set=-all', '--inh-caps=-all', '--ambient-caps=-all'],
  ];
  const inside = namespaceSandbox(containment, (kept) => [...entrance, ...confine({ kept })]);
  const sandbox: typeof inside = {
    ...inside,
    enclose: (...program) => ({
      ...inside.enclose(...program),
      admit: (pid: number) => cgroup.admit(childOf(pid)!), // PID 1 inside, not who waits for it outside
    }),
  };
  return compartmentOf(
    { containment, sandbox, temp: '/tmp', egress, cgroup, name: (hosts) => writeHosts(etc.path, hosts) },
    stack.move(),
  );
}

/** What all of these made, which goes with the stack. @throws what the first of them threw, once all are over */
async function allOf<Made extends readonly unknown[]>(
  stack: AsyncDisposableStack,
  making: Made,
): Promise<{ -readonly [N in keyof Made]: Awaited<Made[N]> }> {
  const made = await Promise.allSettled(making);
  for (const one of made)
    if (one.status === 'fulfilled') stack.use(one.value as AsyncDisposable | null | undefined);
  const failed = made.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  return made.map((one) => (one as PromiseFulfilledResult<unknown>).value) as never;
}

/** Of its mount and its group. */
function nameOf(uid: number): string {
  return `marteau-${uid}`;
}

async function own(paths: readonly string[], uid: number): Promise<void> {
  await run(tool('chown'), ['--recursive', '--no-dereference', `${uid}:${uid}`, ...paths]);
}

async function unmount(place: string): Promise<void> {
  await run(tool('umount'), ['--lazy', place]);
}

/** Removes what compartments of dead processes have left to root: groups, mounts, accounts. */
export async function sweepAsRoot(): Promise<void> {
  if (process.getuid?.() !== 0) return;
  await releaseDeadUids(async (uid) => {
    await removeCgroup(nameOf(uid));
    for (const place of mountsOf(nameOf(uid))) await unmount(place);
  });
}

function mountsOf(name: string): string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return lines.flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [, source] = after.split(' ');
    const place = before.split(' ')[4];
    return source === name && place
      ? [place.replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)))]
      : [];
  });
}
