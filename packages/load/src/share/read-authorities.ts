import { X509Certificate } from 'node:crypto';
import { dirname } from 'node:path';
import { ForeignFileError, readForeignFile } from '@marteau/launch';
import { MarteauError } from '@marteau/shared';
import { fileInside } from './file-inside.ts';
import type { ShareJob } from './job.ts';

const LARGEST = 1024 * 1024;

/**
 * The certificates of `tls.ca`, as PEM; undefined where the file names none.
 * @throws MarteauError tls-ca-unusable
 */
export async function readAuthorities(
  root: string,
  { wdir, options }: Pick<ShareJob, 'wdir' | 'options'>,
): Promise<string | undefined> {
  const { ca } = options.tls;
  if (ca === null) return undefined;
  const unusable = (why: string) => new MarteauError('tls-ca-unusable', { file: ca, why });
  const path = await fileInside(root, wdir, ca);
  if (path === 'missing') throw unusable('there is no such file');
  if (path === 'outside') throw unusable('it lies outside of the repository');
  const bytes = await readForeignFile(path.file, LARGEST, dirname(root)).catch((error: unknown) => {
    throw error instanceof ForeignFileError ? unusable(`it ${error.message}`) : error;
  });
  const pem = bytes?.toString('utf8') ?? '';
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g);
  if (!certificates) throw unusable('it holds no certificate in PEM format');
  try {
    for (const certificate of certificates) new X509Certificate(certificate);
  } catch (error) {
    throw unusable((error as Error).message);
  }
  return pem;
}
