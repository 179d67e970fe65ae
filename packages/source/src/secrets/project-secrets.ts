import { type ParsedAddress, parseAddress } from '../address/parse-address.ts';
import type { Secrets } from './secrets-file.ts';

/** The secrets of one project by name. @param project its normalised URL */
export function projectSecrets(secrets: Secrets, project: string): Readonly<Record<string, string>> {
  const own = [...secrets.projects].filter(([address]) => normalised(address) === project);
  return Object.assign({}, ...own.map(([, values]) => values));
}

/** The token for the host and port of this address, if there is one. Another port may be another one's server. */
export function gitToken(
  { git }: Secrets,
  { protocol, host, port }: Pick<ParsedAddress, 'protocol' | 'host' | 'port'>,
): string | undefined {
  const isUsual = port === (protocol === 'https' ? 443 : 80);
  return git.get(`${host}:${port}`) ?? (isUsual ? git.get(host) : undefined);
}

function normalised(address: string): string {
  try {
    return parseAddress(address).url;
  } catch {
    return address;
  }
}
