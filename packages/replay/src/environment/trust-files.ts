import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Authority } from '../authority/authority.ts';

/** Certificates as files, for clients that take paths; they go with it. */
export interface TrustFiles extends AsyncDisposable {
  /** The authority alone, for clients that add it to what they trust. */
  cert: string;
  /** With the usual authorities, for clients that take it instead. */
  bundle: string;
}

export async function writeTrustFiles({ cert, bundle }: Authority): Promise<TrustFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'marteau-trust-'));
  const files = { cert: join(folder, 'ca.pem'), bundle: join(folder, 'bundle.pem') };
  await writeFile(files.cert, cert);
  await writeFile(files.bundle, bundle);
  return { ...files, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
