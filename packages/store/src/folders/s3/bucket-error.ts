import { MarteauError } from '@marteau/shared';
import type { BucketAddress } from './address.ts';

interface Said {
  name?: string;
  code?: string;
  message?: string;
  Region?: string;
  $metadata?: { httpStatusCode?: number };
  $response?: { headers?: Record<string, string> };
}

const FORBIDDEN =
  /^(AccessDenied|Forbidden|InvalidAccessKeyId|SignatureDoesNotMatch|AuthorizationHeaderMalformed|ExpiredToken|InvalidToken|TokenRefreshRequired|AccountProblem|AllAccessDisabled|RequestTimeTooSkewed|CredentialsProviderError)$/;
const AWAY =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|UND_ERR_.*|CERT_.*|.*_CERT.*|ERR_SSL_.*|ERR_TLS_.*)$/;
const FULL = /^(XMinioStorageFull|QuotaExceeded|StorageFull|InsufficientStorage|EntityTooLarge)$/;

/** Whether the answer is that there is no such object. A missing bucket is another matter. */
export function isMissingObject(error: unknown): boolean {
  const { name } = error as Said;
  return name === 'NoSuchKey' || name === 'NotFound';
}

/** Whether a range begins behind the object's end. */
export function isBehindTheEnd(error: unknown): boolean {
  return (error as Said).name === 'InvalidRange';
}

/** Maps what S3 and the way to it say to an error of the catalogue; anything else stays what it is. */
export function bucketError(error: unknown, { bucket, endpoint, region }: BucketAddress): unknown {
  const said = error as Said;
  const status = said.$metadata?.httpStatusCode ?? 0;
  const name = said.name ?? '';
  if (name === 'NoSuchBucket') return new MarteauError('bucket-missing', { bucket }, { cause: error });
  if (name === 'PermanentRedirect' || status === 301)
    return new MarteauError(
      'bucket-elsewhere',
      { bucket, region: said.$response?.headers?.['x-amz-bucket-region'] ?? said.Region ?? '' },
      { cause: error },
    );
  if (FULL.test(name) || status === 507) return new MarteauError('bucket-full', { bucket }, { cause: error });
  if (FORBIDDEN.test(name) || status === 401 || status === 403)
    return new MarteauError('bucket-forbidden', { bucket, why: name || String(status) }, { cause: error });
  if (AWAY.test(said.code ?? '') || /Timeout/i.test(name) || status >= 500 || status === 429)
    return new MarteauError(
      'bucket-unreachable',
      {
        bucket,
        at: endpoint ?? (region ? `S3 in ${region}` : 'S3'),
        why: said.code || name || String(status),
      },
      { cause: error },
    );
  return error;
}
