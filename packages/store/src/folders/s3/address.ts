import { MarteauError } from '@marteau/shared';

/** A bucket, and where in it runs and trees are kept. */
export interface BucketAddress {
  bucket: string;
  /** What every key begins with: empty, or ending in a slash. */
  prefix: string;
  /** Undefined: by `AWS_REGION` or the profile. */
  region: string | undefined;
  /** Of another S3 than Amazon's: `https://minio.example.com:9000`. */
  endpoint: string | undefined;
}

const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const KEY_PART = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;
const REGION_NAME = /^[a-z0-9-]+$/;
const settings = new Set(['region', 'endpoint']);

/**
 * Reads `s3://BUCKET/PREFIX?region=…&endpoint=…`.
 * @throws 'bad-bucket-address' with what is wrong; credentials in it are never repeated
 */
export function parseBucketAddress(text: string): BucketAddress {
  const refuse = (why: string): never => {
    throw new MarteauError('bad-bucket-address', { why });
  };
  if (!URL.canParse(text) || !text.startsWith('s3://')) return refuse('it does not begin with s3://');
  const url = new URL(text);
  if (url.username || url.password) return refuse('it holds credentials');
  if (url.port || !BUCKET_NAME.test(url.hostname))
    return refuse('after s3:// stands no name that a bucket can have');
  const parts = url.pathname.split('/').filter(Boolean);
  if (!parts.every((part) => KEY_PART.test(part)))
    return refuse('the prefix may have letters, digits, dots, dashes, underscores and slashes');
  const unknown = [...url.searchParams.keys()].find((name) => !settings.has(name));
  if (unknown !== undefined) return refuse('of settings it knows region and endpoint only');
  const region = url.searchParams.get('region') || undefined;
  if (region && !REGION_NAME.test(region)) return refuse('the region is none, for instance eu-central-1');
  const endpoint = url.searchParams.get('endpoint') || undefined;
  if (endpoint && !isEndpoint(endpoint))
    return refuse('the endpoint is no web address, for instance https://minio.example.com:9000');
  return {
    bucket: url.hostname,
    prefix: parts.map((part) => `${part}/`).join(''),
    region,
    endpoint,
  };
}

function isEndpoint(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search;
}
