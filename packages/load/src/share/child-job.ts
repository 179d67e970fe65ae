import { readFileSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { BISECTIONS, closeSpans } from '@marteau/file';
import { DEFAULT_APDEX_US } from '@marteau/measure';
import { MarteauError, type Plan } from '@marteau/shared';
import type { ChildJob } from '../child/job.ts';
import type { SearchJob } from '../child/search.ts';
import { proxySettings } from '../fetch/proxy.ts';
import { fileInside } from './file-inside.ts';
import { defaultLimits, type ShareJob } from './job.ts';
import { readAuthorities } from './read-authorities.ts';
import { threadsHere } from './threads-here.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/**
 * What the child is told: paths resolved, defaults filled in.
 * @throws MarteauError script-missing, script-outside, tls-ca-unusable
 */
export async function childJobOf(job: Omit<ShareJob, 'plan'> & { plan: Plan | null }): Promise<ChildJob> {
  const { options, target, test, plan, share, node, secrets } = job;
  const { session, connections, mark, labels, expected, tls, requestTimeoutMs, http } = options;
  const root = await realpath(job.root);
  // A program before the script may have put a link there.
  if (root !== resolve(job.root)) throw new MarteauError('script-outside', { script: job.script });
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
      mark: mark ? { run: job.run ?? 'none', stops: job.stops ?? {} } : null,
      requestTimeoutMs,
      http: http ?? '1.1',
      labels,
      tls: { rejectUnauthorized: tls.verify, ca: await readAuthorities(root, job) },
      proxies: proxySettings(job.env),
    },
    rates: Object.fromEntries(
      Object.entries(job.rates ?? {}).map(([place, perSecond]) => [place, perSecond / share.of]),
    ),
    data: await dataFiles(root, job),
    expected,
    session,
    connections,
    secrets,
    trace: job.trace ?? false,
    perLabel: job.perLabel ?? false,
    stopIf: options.stopIf ?? [],
    apdexUs: options.apdexUs ?? DEFAULT_APDEX_US,
    close: closeSpans(options.chaos ?? null),
    search: searchOf(job),
    env: { ...job.env, ...(target ? { MARTEAU_TARGET: target } : {}) },
    threads: job.threads ?? threadsHere(),
    engine: { name: 'marteau', version },
    ...defaultLimits,
    ...job.limits,
  };
}

/** Several nodes would have to agree on every rate; for them the plan's rising rates are all there is. */
function searchOf({ options: { load }, share }: Pick<ShareJob, 'options' | 'share'>): SearchJob | null {
  return load?.kind === 'find' && share.of === 1 ? { while: load.while, bisections: BISECTIONS } : null;
}

async function findScript(
  root: string,
  { wdir, script }: Pick<ShareJob, 'wdir' | 'script'>,
): Promise<string> {
  const path = await fileInside(root, wdir, script);
  if (path === 'missing') throw new MarteauError('script-missing', { script, near: '' });
  if (path === 'outside') throw new MarteauError('script-outside', { script });
  return path.file;
}

async function dataFiles(
  root: string,
  { wdir, options }: Pick<ShareJob, 'wdir' | 'options'>,
): Promise<ChildJob['data']> {
  const sets = Object.entries(options.data).map(async ([name, { file, ...use }]) => {
    const path = await fileInside(root, wdir, file);
    if (path === 'missing' || path === 'outside') {
      const why = path === 'missing' ? 'there is no such file' : 'it lies outside of the repository';
      throw new MarteauError('data-unusable', { name, file, why });
    }
    return [name, { ...use, path: path.file }] as const;
  });
  return Object.fromEntries(await Promise.all(sets));
}
