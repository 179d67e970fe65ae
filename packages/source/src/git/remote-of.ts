import { hostInUrl } from '@marteau/net';
import type { CheckedAddress } from '../address/check-address.ts';
import type { Remote } from './job.ts';

interface RemoteOptions {
  readonly address: CheckedAddress;
  readonly token?: string | undefined;
  readonly caFile?: string | undefined;
}

/** What the child needs to know of a checked address. */
export function remoteOf({ address, token, caFile }: RemoteOptions): Remote {
  const { cloneUrl, protocol, host, port, addresses, trusted } = address;
  const isPinned = addresses.length > 0;
  return {
    url: cloneUrl,
    protocol,
    pins: isPinned ? [`${host}:${port}:${addresses.map(hostInUrl).join(',')}`] : [],
    mustPin: isPinned && !trusted,
    authorization: token && protocol !== 'file' ? basic(token) : null,
    caFile: caFile ?? null,
  };
}

/** The big hosts take any user name with a token; where one matters the token is USER:PASSWORD. */
function basic(token: string): string {
  return `Basic ${Buffer.from(token.includes(':') ? token : `x-access-token:${token}`).toString('base64')}`;
}
