import { readFileSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve, sep } from 'node:path';
import { MarteauError, type Plan } from '@marteau/shared';
import type { ChildJob } from '../child/job.ts';
import { defaultLimits, type ShareJob } from './job.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/**
 * What the child is told: paths resolved, defaults filled in.
 * @throws MarteauError script-missing, script-outside
 */
export async function childJobOf(job: Omit<ShareJob, 'plan'> & { plan: Plan | null }): Promise<ChildJob> {
  const { options, target, test, plan, share, node, secrets } = job;
  const { session, connections, mark, labels, expected, tls, requestTimeoutMs } = options;
  const root = await realpath(job.root);
  return {
    root,
    script: await findScript(root, job),
    test,
    plan,
    share,
    node,
    file: resolve(job.out, 'measurements.json'),
    client: {
      target: target ?? undefined,
      userAgent: `Marteau/${version}`,
      mark: mark ? { run: job.run ?? 'none' } : null,
      requestTimeoutMs,
      labels,
      tls: { rejectUnauthorized: tls.verify },
    },
    expected,
    session,
    connections,
    secrets,
    env: { ...job.env, ...(target ? { MARTEAU_TARGET: target } : {}) },
    threads: job.threads ?? Math.max(1, availableParallelism() - 1),
    engine: { name: 'marteau', version },
    ...defaultLimits,
    ...job.limits,
  };
}

async function findScript(
  root: string,
  { wdir, script }: Pick<ShareJob, 'wdir' | 'script'>,
): Promise<string> {
  const path = await realpath(join(root, wdir, script)).catch(() => null);
  if (!path || !(await stat(path)).isFile()) throw new MarteauError('script-missing', { script, near: '' });
  if (!path.startsWith(root + sep)) throw new MarteauError('script-outside', { script });
  return path;
}
