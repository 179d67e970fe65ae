import { resolve } from 'node:path';
import { type AllowedHosts, type OutsideSettings, parseAllowedHosts } from '@marteau/net';
import { type BucketAddress, parseBucketAddress } from '../folders/s3/address.ts';
import type { Environment } from './environment.ts';

/** What web and workers are told alike. docs/operations.md explains every variable. */
export interface ServerSettings {
  readonly redisUrl: string;
  /** Absolute. */
  readonly dataFolder: string;
  /** Where runs and trees are kept instead of in the data folder; null where no bucket is set. */
  readonly bucket: BucketAddress | null;
  /** Under which people open Marteau, without a path or a slash at its end; null where none is set. */
  readonly url: string | null;
  readonly smtpUrl: string | null;
  /** Which repositories may be fetched. */
  readonly sources: { readonly allowPrivate: boolean; readonly allowHosts: AllowedHosts | undefined };
  /** Where runs may go, and whether a target that the operator says nothing of has to allow it (`consent`). */
  readonly outside: OutsideSettings & { readonly consent: boolean };
  /** Mail addresses of those who may do everything, in small letters; none where nobody is asked who they are. */
  readonly admins: readonly string[];
  /** By which owners of targets reach whoever runs this server; null where none is set. */
  readonly contact: string | null;
  /** Absolute; null where none is set. */
  readonly secretsFile: string | null;
  /** How many runs of one submitter may have nodes at once; null for no limit. */
  readonly perSubmitter: number | null;
  /** How many nodes there may be, where they are started when runs want them; null where nobody starts any. */
  readonly nodesMax: number | null;
  readonly logLevel: string;
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** @param cwd what relative paths are relative to */
export function readServerSettings(environment: Environment, cwd: string): ServerSettings {
  const path = (text: string) => resolve(cwd, text);
  const smtpUrl = environment.parsed('SMTP_URL', parseSmtpUrl, null);
  if (smtpUrl !== null && environment.text('MARTEAU_URL') === null)
    environment.wrong(
      'SMTP_URL is set and MARTEAU_URL is not: the links in mails would lead nowhere. Set MARTEAU_URL to the address under which people open Marteau.',
    );
  const url = environment.parsed('MARTEAU_URL', parseUrl, null);
  const allowPrivate = environment.isOn('MARTEAU_ALLOW_PRIVATE', false);
  return {
    redisUrl: environment.parsed('REDIS_URL', parseRedisUrl, 'redis://127.0.0.1:6379'),
    dataFolder: path(environment.text('MARTEAU_DATA') ?? 'data'),
    bucket: environment.parsed('MARTEAU_FOLDERS', parseBucketAddress, null),
    url,
    smtpUrl,
    sources: {
      allowPrivate,
      allowHosts: environment.parsed('MARTEAU_ALLOW_HOSTS', parseAllowedHosts, undefined),
    },
    outside: {
      // Without a public address it is one person's own machine, and what listens there is theirs.
      allowPrivate: allowPrivate || url === null,
      deny: environment.parsed('MARTEAU_DENY', parseAllowedHosts, undefined),
      targets: environment.parsed('MARTEAU_TARGETS', parseAllowedHosts, undefined),
      consent: needsConsent(environment),
    },
    admins: (environment.text('MARTEAU_ADMIN') ?? '')
      .toLowerCase()
      .split(/[\s,]+/)
      .filter(Boolean),
    contact: environment.text('MARTEAU_CONTACT') ?? environment.text('MARTEAU_ADMIN'),
    secretsFile: environment.parsed('MARTEAU_SECRETS', path, null),
    perSubmitter: environment.parsed('MARTEAU_PER_SUBMITTER', parseLimit('MARTEAU_PER_SUBMITTER'), null),
    nodesMax: environment.parsed('MARTEAU_NODES_MAX', parseLimit('MARTEAU_NODES_MAX'), null),
    logLevel: environment.oneOf('MARTEAU_LOG', logLevels, 'info'),
  };
}

/** Where there are several people, or the operator wants it, targets are asked whether they may be loaded. */
function needsConsent(environment: Environment): boolean {
  const isRequired =
    environment.oneOf('MARTEAU_CONSENT', ['required', 'accounts'], 'accounts') === 'required';
  if (isRequired && environment.text('MARTEAU_URL') === null)
    environment.wrong(
      'MARTEAU_CONSENT is "required" and MARTEAU_URL is not set: a target could not name this server. Set MARTEAU_URL to the address under which people open Marteau.',
    );
  return isRequired || environment.text('MARTEAU_ADMIN') !== null;
}

function parseRedisUrl(text: string): string {
  if (URL.canParse(text) && /^(rediss?|unix):$/.test(new URL(text).protocol)) return text;
  // Not shown, as it may hold a password.
  throw new Error(
    'REDIS_URL is no address of a Redis; it takes redis://:PASSWORD@HOST:PORT, rediss:// for one with TLS, or unix:///path/to/socket.',
  );
}

function parseSmtpUrl(text: string): string {
  if (URL.canParse(text) && /^smtps?:$/.test(new URL(text).protocol)) return text;
  throw new Error('SMTP_URL is no address of an SMTP server; it takes smtp://USER:PASSWORD@HOST:587.');
}

function parseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new Error(
      `MARTEAU_URL is "${text}"; it takes the address under which people open Marteau, for example https://marteau.example.com.`,
    );
  if (url.pathname !== '/' || url.search || url.hash || url.username)
    throw new Error(
      `MARTEAU_URL is "${text}"; Marteau lives at the root of its host, so it takes ${url.origin}.`,
    );
  return url.origin;
}

function parseLimit(name: string): (text: string) => number {
  return (text) => {
    if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
    throw new Error(`${name} is "${text}"; it takes a whole number above 0, or is left out for no limit.`);
  };
}
