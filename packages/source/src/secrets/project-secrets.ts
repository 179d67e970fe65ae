import { type ParsedAddress, parseAddress } from '../address/parse-address.ts';
import type { GitAccess, Secrets } from './secrets-file.ts';

/** The secrets of one project by name. @param project its normalised URL */
export function projectSecrets(secrets: Secrets, project: string): Readonly<Record<string, string>> {
  return Object.assign({}, ...entriesOf(secrets, project).map(({ values }) => values));
}

/**
 * The branches and tags whose commits get a project's secrets, null for the default branch and all tags; undefined for a
 * project that has no secrets.
 */
export function protectedRefs(secrets: Secrets, project: string): readonly string[] | null | undefined {
  const own = entriesOf(secrets, project);
  if (own.length === 0) return undefined;
  const lists = own.flatMap(({ refs }) => (refs === null ? [] : [refs]));
  return lists.length === 0 ? null : lists.flat();
}

/** What the server may read at the host and port of this address. Another port may be another one's server. */
export function gitAccess(
  { git }: Secrets,
  { protocol, host, port }: Pick<ParsedAddress, 'protocol' | 'host' | 'port'>,
): GitAccess | undefined {
  const isUsual = port === (protocol === 'https' ? 443 : 80);
  return git.get(`${host}:${port}`) ?? (isUsual ? git.get(host) : undefined);
}

function entriesOf({ projects }: Secrets, project: string) {
  return [...projects].filter(([address]) => normalised(address) === project).map(([, entry]) => entry);
}

function normalised(address: string): string {
  try {
    return parseAddress(address).url;
  } catch {
    return address;
  }
}
