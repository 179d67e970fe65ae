import { text } from 'node:stream/consumers';
import { findRung, launch, strongestSandbox } from '@marteau/launch';
import { type Check, type Finding, odd, ok, PATIENCE_MS, wrong } from '../check.ts';

const OLDEST_GIT = [2, 30];

export const git: Check = {
  name: 'git',
  async look() {
    const { PATH = '', HOME = '/' } = process.env;
    const program = launch({
      file: 'git',
      args: ['--version'],
      cwd: '/',
      env: { PATH, HOME },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const [said, { code, sentence }] = await Promise.all([text(program.stdout), program.exited]);
    if (code !== 0)
      return [
        wrong(`git does not run here (${sentence}), so no repository is read. Install it (apt install git).`),
      ];
    const [, major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(said) ?? []).map(Number);
    const isOld = major < OLDEST_GIT[0]! || (major === OLDEST_GIT[0] && minor < OLDEST_GIT[1]!);
    return [
      isOld
        ? wrong(`git is of version ${major}.${minor}; 2.30 or newer is needed. Update it.`)
        : ok(said.trim()),
    ];
  },
};

export const sandbox: Check = {
  name: 'Sandbox',
  async look({ store }) {
    const findings: Finding[] = [];
    const { rung, whyNotStronger } = await findRung('best');
    if (rung.containment === 'not contained')
      findings.push(
        odd(
          `A worker on this machine could not contain scripts: ${whyNotStronger}. They could read and change what it can; /docs/security says what each way needs.`,
        ),
      );
    else findings.push(ok(`A worker on this machine holds scripts: ${rung.containment}.`));
    if (!strongestSandbox().isSealed)
      findings.push(
        odd(
          'Namespaces are not permitted on this machine, so a program that leaves its process group may outlive a worker that is killed. Permit user namespaces, or let a container be the boundary.',
        ),
      );
    for (const { name, containment, state } of (await store?.nodes.list()) ?? [])
      if (state !== 'dead' && containment === 'not contained')
        findings.push(
          odd(
            `Node ${name} does not contain scripts: see /docs/security, or start it with MARTEAU_CONTAIN=required.`,
          ),
        );
    return findings;
  },
};
