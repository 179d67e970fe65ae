import type { Secrets } from '@marteau/shared';
import { parseAddress } from '../address/parse-address.ts';

/** The secrets of one project by name. @param project its normalised URL */
export function projectSecrets(secrets: Secrets, project: string): Readonly<Record<string, string>> {
  const own = [...secrets.projects].filter(([address]) => normalised(address) === project);
  return Object.assign({}, ...own.map(([, values]) => values));
}

/** The token for the host of this address, if there is one. */
export function gitToken(secrets: Secrets, address: { host: string; port: number }): string | undefined {
  return secrets.git.get(`${address.host}:${address.port}`) ?? secrets.git.get(address.host);
}

function normalised(address: string): string {
  try {
    return parseAddress(address).url;
  } catch {
    return address;
  }
}
