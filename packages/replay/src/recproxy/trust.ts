import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { type Authority, createAuthority } from '../authority/authority.ts';

let authority: Promise<Authority> | null = null;
let users = 0;
let before: string[] = [];

/** The authority of this process's stand-ins. It is trusted, beside the usual ones, until the answer's end is called. */
export async function trustOwnAuthority(): Promise<{ authority: Authority; end(): void }> {
  authority ??= createAuthority();
  const own = await authority;
  if (users++ === 0) {
    before = getCACertificates('default');
    setDefaultCACertificates([...before, own.cert]);
  }
  return {
    authority: own,
    end() {
      if (--users === 0) setDefaultCACertificates(before);
    },
  };
}
