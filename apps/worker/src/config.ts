import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { type Deadlines as AroundDeadlines, npmSettings } from '@marteau/fixture';
import { type AddressPolicy, parseAllowedHosts } from '@marteau/source';
import { type BucketAddress, parseBucketAddress, type RetentionLimits } from '@marteau/store';
import { readAddress } from './mail/addresses.ts';
import { type NodeSettings, parseHost, parseLabels, parseLimit, parseRoles } from './node-settings.ts';

/** What a worker is told by its environment. docs/operations.md explains every variable. */
export interface Config {
  redisUrl: string;
  /** Absolute. */
  dataFolder: string;
  /** Where runs and trees are kept instead of in the data folder. */
  bucket: BucketAddress | null;
  /** Where the web is, without a slash at its end. */
  publicUrl: string;
  node: NodeSettings & { name: string; address: string | undefined };
  /** How many runs of one submitter may have nodes at once; null for no limit. */
  perSubmitter: number | null;
  /** Whether a script is tried by two users before several nodes are taken. */
  preflight: boolean;
  /** Which repositories may be fetched. */
  git: AddressPolicy;
  /** Absolute. */
  secretsFile: string | null;
  mail: { smtpUrl: string | undefined; from: string; domains: string[] };
  /** What is kept of ended runs. */
  retention: RetentionLimits;
  deadlines: Deadlines;
  logLevel: string;
  /** What foreign programs get as their PATH. */
  searchPath: string;
  /** npm's settings of this node, as variables: registry, proxy, certificates. */
  npm: Record<string, string>;
}

/** How long the parts of a run may take, in ms. */
interface Deadlines extends AroundDeadlines {
  clone: number;
  /** How long is tried to store what was measured, while a bucket is away. */
  store: number;
  /** How long a worker that is asked to end goes on with what it has begun. */
  grace: number;
}

const switches = ['0', '1', 'false', 'true'] as const;
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** The environment is wrong; the message is for whoever starts the worker. */
export class ConfigError extends Error {}

/** Reads the environment; throws a ConfigError that names every mistake. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const mistakes: string[] = [];
  const milliseconds = (name: string, byDefault: number): number => {
    const text = env[name];
    if (!text) return byDefault;
    const seconds = Number(text);
    if (seconds > 0) return seconds * 1000;
    mistakes.push(`${name} is "${text}"; it takes a number of seconds, for example ${byDefault / 1000}.`);
    return byDefault;
  };
  const amount = (name: string, unit: number): number | null => {
    const text = env[name];
    if (!text) return null;
    if (Number(text) > 0) return Number(text) * unit;
    mistakes.push(`${name} is "${text}"; it takes a number above 0, or is left out to keep everything.`);
    return null;
  };
  const oneOf = <T extends string>(name: string, values: readonly T[], byDefault: T): T => {
    const text = env[name];
    if (!text) return byDefault;
    const found = values.find((value) => value === text);
    if (found === undefined) mistakes.push(`${name} is "${text}"; it takes one of ${values.join(', ')}.`);
    return found ?? byDefault;
  };
  const tell = <T>(read: () => T, otherwise: T): T => {
    try {
      return read();
    } catch (error) {
      mistakes.push((error as Error).message);
      return otherwise;
    }
  };

  const config: Config = {
    redisUrl: env.REDIS_URL || 'redis://127.0.0.1:6379',
    dataFolder: resolve(env.MARTEAU_DATA || 'data'),
    bucket: env.MARTEAU_FOLDERS ? tell(() => parseBucketAddress(env.MARTEAU_FOLDERS!), null) : null,
    publicUrl: (env.MARTEAU_URL || `http://${address(env.HOST || '127.0.0.1')}:${env.PORT || 3000}`).replace(
      /\/+$/,
      '',
    ),
    node: {
      name: env.MARTEAU_NODE || hostLabel(),
      address: tell(() => parseHost(env.MARTEAU_ADDRESS ?? ''), undefined),
      roles: tell(() => parseRoles(env.MARTEAU_ROLES ?? ''), []),
      labels: tell(() => parseLabels(env.MARTEAU_LABELS ?? ''), {}),
    },
    preflight: /^(1|true)$/.test(oneOf('MARTEAU_PREFLIGHT', switches, '1')),
    perSubmitter: tell(() => parseLimit(env.MARTEAU_PER_SUBMITTER ?? ''), null),
    git: {
      allowPrivate: /^(1|true)$/.test(oneOf('MARTEAU_ALLOW_PRIVATE', switches, '0')),
      allowHosts: tell(() => parseAllowedHosts(env.MARTEAU_ALLOW_HOSTS ?? ''), undefined),
    },
    secretsFile: env.MARTEAU_SECRETS ? resolve(env.MARTEAU_SECRETS) : null,
    mail: {
      smtpUrl: env.SMTP_URL || undefined,
      from: env.MARTEAU_MAIL_FROM || sender(env.MARTEAU_URL),
      domains: list(env.MARTEAU_MAIL_DOMAINS),
    },
    retention: {
      maxAgeMs: amount('MARTEAU_KEEP_DAYS', 86_400_000),
      maxBytes: amount('MARTEAU_KEEP_GB', 1e9),
    },
    deadlines: {
      clone: milliseconds('MARTEAU_CLONE_TIMEOUT', 300_000),
      install: milliseconds('MARTEAU_INSTALL_TIMEOUT', 600_000),
      before: milliseconds('MARTEAU_BEFORE_TIMEOUT', 300_000),
      after: 30_000,
      store: milliseconds('MARTEAU_STORE_TIMEOUT', 600_000),
      grace: milliseconds('MARTEAU_GRACE', 20_000),
    },
    logLevel: oneOf('MARTEAU_LOG', logLevels, 'info'),
    searchPath: env.PATH || '/usr/local/bin:/usr/bin:/bin',
    npm: npmSettings(env),
  };

  if (!URL.canParse(config.publicUrl))
    mistakes.push(
      `MARTEAU_URL is "${env.MARTEAU_URL}"; it takes the address under which people open Marteau, for example https://marteau.example.com.`,
    );
  if (!/^rediss?:\/\//.test(config.redisUrl) || !URL.canParse(config.redisUrl))
    mistakes.push('REDIS_URL is not a Redis URL; it looks like redis://:password@host:6379.');
  if (config.mail.smtpUrl && !/^smtps?:\/\//.test(config.mail.smtpUrl))
    mistakes.push('SMTP_URL is not an SMTP URL; it looks like smtp://user:password@host:587.');
  if (config.mail.smtpUrl && !env.MARTEAU_URL)
    mistakes.push(
      'SMTP_URL is set and MARTEAU_URL is not: the links in mails would lead nowhere. Set MARTEAU_URL to the address under which people open Marteau.',
    );
  if (!readAddress(config.mail.from))
    mistakes.push(
      `MARTEAU_MAIL_FROM is "${config.mail.from}"; it takes one address, for example marteau@example.com.`,
    );
  if (mistakes.length > 0) throw new ConfigError(mistakes.join('\n'));
  return config;
}

function list(text = ''): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}

/** This machine's name without its domain, and with letters, digits and dashes alone, as a node is called. */
function hostLabel(): string {
  const [label = ''] = hostname().split('.');
  return label.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '') || 'node';
}

/** By the host of `MARTEAU_URL`, as people know it, where that is a name; else by this machine's, as a container has it at random. */
function sender(publicUrl = ''): string {
  const known = URL.canParse(publicUrl) ? new URL(publicUrl).hostname : '';
  const hosts = isIP(known) > 0 || known === 'localhost' ? [hostname()] : [known, hostname()];
  const addresses = hosts.map((host) => `marteau@${host}`);
  return addresses.find((one) => readAddress(one)) ?? `marteau@${hostLabel()}`;
}

function address(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
