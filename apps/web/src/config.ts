import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { type AddressPolicy, type AllowedHosts, parseAllowedHosts } from '@marteau/source';
import { type BucketAddress, parseBucketAddress } from '@marteau/store';

/** How this web process is set up. Nothing else in the app reads the environment. */
export interface WebConfig {
  host: string;
  port: number;
  /** Public base URL without a path or a slash at its end, or null where none is set. */
  url: string | null;
  redisUrl: string;
  /** Absolute path of the data folder. */
  data: string;
  /** Where runs and trees are kept instead of in the data folder, or null where no bucket is set. */
  bucket: BucketAddress | null;
  /** Where mails are kept as files while no SMTP server is configured. */
  outbox: string;
  /** Which repositories may be fetched. */
  sources: AddressPolicy;
  /** The secrets file, or null where none is set. */
  secretsFile: string | null;
  /** The token that pages and API ask for, or null on an open loopback server. */
  accessToken: string | null;
  /** The repository that an empty home page offers to run, or null where none is set. */
  example: string | null;
  /** How many runs of one submitter may have nodes at once; null for no limit. The same as the workers'. */
  perSubmitter: number | null;
  logLevel: string;
}

/** A setting that cannot be used. The message is one sentence for whoever starts the server. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const shortestToken = 16;
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

type Env = Record<string, string | undefined>;

/**
 * Reads the settings of the web app.
 * @param env the process's environment
 * @param cwd what relative paths are relative to
 * @throws ConfigError with a sentence that names the variable and what would be right
 */
export function readConfig(env: Env, cwd: string): WebConfig {
  const value = (name: string) => env[name]?.trim() || null;
  const host = value('HOST') ?? '127.0.0.1';
  const data = resolve(cwd, value('MARTEAU_DATA') ?? 'data');
  const url = readUrl(value('MARTEAU_URL'));
  const accessToken = readAccessToken(value('MARTEAU_ACCESS_TOKEN'), host);
  checkSmtp(value('SMTP_URL'), url);
  return {
    host,
    port: readPort(value('PORT') ?? '3000'),
    url,
    redisUrl: readRedisUrl(value('REDIS_URL') ?? 'redis://127.0.0.1:6379'),
    data,
    bucket: readBucket(value('MARTEAU_FOLDERS')),
    outbox: join(data, 'outbox'),
    sources: {
      allowPrivate: readSwitch('MARTEAU_ALLOW_PRIVATE', value('MARTEAU_ALLOW_PRIVATE')),
      allowHosts: readAllowedHosts(value('MARTEAU_ALLOW_HOSTS') ?? ''),
    },
    secretsFile: resolveIfSet(cwd, value('MARTEAU_SECRETS')),
    accessToken,
    example: value('MARTEAU_EXAMPLE'),
    perSubmitter: readLimit(value('MARTEAU_PER_SUBMITTER')),
    logLevel: readLogLevel(value('MARTEAU_LOG') ?? 'info'),
  };
}

/** Whether only this machine can reach an address that a server listens on. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 0 && port <= 65_535) return port;
  throw new ConfigError(`PORT is "${text}", which is no port. Set it to a number from 0 to 65535.`);
}

function readLimit(text: string | null): number | null {
  if (text === null) return null;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new ConfigError(
    `MARTEAU_PER_SUBMITTER is "${text}". Set it to a whole number above 0, or leave it out for no limit.`,
  );
}

function readUrl(text: string | null): string | null {
  if (text === null) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new ConfigError(
      `MARTEAU_URL is "${text}", which is no web address. Set it to where people open this server, for instance https://marteau.example.com.`,
    );
  }
  if (url.pathname !== '/' || url.search || url.hash || url.username) {
    throw new ConfigError(
      `MARTEAU_URL is "${text}", but Marteau lives at the root of its host. Set it to ${url.origin}.`,
    );
  }
  return url.origin;
}

function readRedisUrl(text: string): string {
  if (URL.canParse(text) && /^rediss?:$/.test(new URL(text).protocol)) return text;
  throw new ConfigError(
    'REDIS_URL is no address of a Redis. Set it to redis://HOST:PORT, or rediss:// for one with TLS.',
  );
}

function readSwitch(name: string, text: string | null): boolean {
  if (text === null || text === '0' || text === 'false') return false;
  if (text === '1' || text === 'true') return true;
  throw new ConfigError(`${name} is "${text}". Set it to 1, or leave it out.`);
}

function readBucket(text: string | null): BucketAddress | null {
  try {
    return text === null ? null : parseBucketAddress(text);
  } catch (error) {
    throw new ConfigError((error as Error).message);
  }
}

function readAllowedHosts(text: string): AllowedHosts {
  try {
    return parseAllowedHosts(text);
  } catch (error) {
    throw new ConfigError((error as Error).message);
  }
}

function readAccessToken(token: string | null, host: string): string | null {
  if (token !== null && token.length < shortestToken) {
    throw new ConfigError(
      `MARTEAU_ACCESS_TOKEN has ${token.length} characters, which can be guessed. Use ${shortestToken} or more, for instance what "openssl rand -hex 16" prints.`,
    );
  }
  if (token === null && !isLoopback(host)) {
    throw new ConfigError(
      `HOST is ${host}, so others could reach this server, and nothing would ask them who they are. Set MARTEAU_ACCESS_TOKEN, or listen on 127.0.0.1.`,
    );
  }
  return token;
}

/** Mail is the workers' work, but its links lead here. */
function checkSmtp(smtpUrl: string | null, url: string | null): void {
  if (smtpUrl !== null && url === null) {
    throw new ConfigError(
      'SMTP_URL is set and MARTEAU_URL is not, so the links in the mails would lead nowhere. Set MARTEAU_URL to where people open this server.',
    );
  }
}

function readLogLevel(text: string): string {
  if (logLevels.includes(text)) return text;
  throw new ConfigError(`MARTEAU_LOG is "${text}". Use one of ${logLevels.join(', ')}.`);
}

function resolveIfSet(cwd: string, path: string | null): string | null {
  return path === null ? null : resolve(cwd, path);
}
