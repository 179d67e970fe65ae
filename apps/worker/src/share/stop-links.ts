import { hostsOf } from '@marteau/consent';
import type { ResolvedFile } from '@marteau/file';
import type { Lease } from '@marteau/store';
import type { Context } from '../context.ts';
import type { LeasedJob } from '../lease/leased-job.ts';

/**
 * Where the owners of a run's targets can stop it, by the names of hosts: each with a secret that nobody else is to
 * read. None where a file says `mark: false`, or nobody outside could open it.
 */
export async function stopLinks(
  { store, config: { url } }: Context,
  { run, masker }: LeasedJob<Lease>,
  file: ResolvedFile,
): Promise<Record<string, string>> {
  if (url === null || !file.mark) return {};
  const sealed = await Promise.all(
    hostsOf(file).map(async (host) => [host, await store.links.sealStop(run.id, host)] as const),
  );
  masker.add(sealed.map(([, secret]) => secret));
  return Object.fromEntries(sealed.map(([host, secret]) => [host, `${url}/abuse/${secret}`]));
}
