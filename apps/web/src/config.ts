import { isIP } from 'node:net';
import { join } from 'node:path';
import { parseQuiet, type Quiet } from '@marteau/file';
import { type MailSettings, readAddress, readMailSettings } from '@marteau/mail';
import { isLoopback } from '@marteau/net';
import { Environment, readServerSettings, type ServerSettings } from '@marteau/store';
import type { ProviderSettings } from './sign-in/providers/provider.ts';

/** How this web process is set up. Nothing else in the app reads the environment. */
export interface WebConfig extends ServerSettings {
  readonly host: string;
  readonly port: number;
  /** Where mails are kept as files while no SMTP server is configured. */
  readonly outbox: string;
  /** The token that pages and API ask for, or null on an open loopback server. */
  readonly accessToken: string | null;
  /** Mail addresses of those who may do everything; with one, everybody signs in, and each has rights of their own. */
  readonly admins: readonly string[];
  readonly mail: MailSettings;
  /** Where people may sign in with accounts that they have. */
  readonly providers: readonly ProviderSettings[];
  /** Addresses and networks of proxies before this server: they say who asks. */
  readonly trustedProxies: readonly string[];
  /** The repository that an empty home page offers to run, or null where none is set. */
  readonly example: string | null;
  /** Whether files may have the heads of forks run without anybody asked. */
  readonly forks: 'ask' | 'run';
  /** When nothing starts by itself. */
  readonly quiet: readonly Quiet[];
}

const SHORTEST_TOKEN = 16;

/**
 * Reads the settings of the web app.
 * @param env the process's environment
 * @param cwd what relative paths are relative to
 * @throws ConfigError that names every mistake
 */
export function readConfig(env: Record<string, string | undefined>, cwd: string): WebConfig {
  const environment = new Environment(env);
  const settings = readServerSettings(environment, cwd);
  const host = environment.text('HOST') ?? '127.0.0.1';
  const accessToken = environment.parsed('MARTEAU_ACCESS_TOKEN', parseAccessToken, null);
  const admins = environment.parsed('MARTEAU_ADMIN', parseAdmins, []);
  const asksNobody =
    environment.text('MARTEAU_ACCESS_TOKEN') === null && environment.text('MARTEAU_ADMIN') === null;
  if (asksNobody && !isLoopback(host))
    environment.wrong(
      `HOST is ${host}, so others could reach this server, and nothing would ask them who they are. Set MARTEAU_ADMIN to your mail address (docs/guide/people.md), or MARTEAU_ACCESS_TOKEN, or listen on 127.0.0.1.`,
    );
  const config = {
    ...settings,
    host,
    port: environment.parsed('PORT', parsePort, 3000),
    outbox: join(settings.dataFolder, 'outbox'),
    accessToken,
    admins,
    mail: readMailSettings(environment, settings.url),
    providers: readProviders(environment),
    trustedProxies: environment.parsed('MARTEAU_TRUSTED_PROXIES', parseProxies, []),
    example: environment.text('MARTEAU_EXAMPLE'),
    forks: environment.oneOf('MARTEAU_FORKS', ['ask', 'run'], 'ask'),
    quiet: environment.parsed('MARTEAU_QUIET', readQuiet, []),
  };
  environment.check();
  return config;
}

function readQuiet(text: string): Quiet[] {
  try {
    return parseQuiet(text);
  } catch (error) {
    throw new Error(`MARTEAU_QUIET: ${(error as Error).message}`);
  }
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 0 && port <= 65_535) return port;
  throw new Error(`PORT is "${text}"; it takes a number from 0 to 65535.`);
}

const places = {
  oidc: { url: 'MARTEAU_OIDC_ISSUER', byDefault: null },
  github: { url: 'MARTEAU_GITHUB_URL', byDefault: 'https://github.com' },
  gitlab: { url: 'MARTEAU_GITLAB_URL', byDefault: 'https://gitlab.com' },
  gitea: { url: 'MARTEAU_GITEA_URL', byDefault: null },
} as const;

/** Those whose client's id and secret are set. */
function readProviders(environment: Environment): ProviderSettings[] {
  return (Object.keys(places) as ProviderSettings['id'][]).flatMap((id) => {
    const { url: variable, byDefault } = places[id];
    const own = variable.replace(/_[A-Z]+$/, '');
    const url = environment.parsed(variable, (text) => parseProviderUrl(variable, text), byDefault);
    const [clientId, clientSecret] = [
      environment.text(`${own}_CLIENT_ID`),
      environment.text(`${own}_CLIENT_SECRET`),
    ];
    const isAsked = clientId !== null || clientSecret !== null || environment.text(variable) !== null;
    if (!isAsked) return [];
    if (url !== null && clientId !== null && clientSecret !== null)
      return [{ id, url, clientId, clientSecret }];
    environment.wrong(
      `To sign in with ${id}, ${variable}${byDefault === null ? '' : ` (or nothing, for ${byDefault})`}, ${own}_CLIENT_ID and ${own}_CLIENT_SECRET are needed.`,
    );
    return [];
  });
}

function parseProviderUrl(variable: string, text: string): string {
  const url = URL.parse(text);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url !== null && isSafe && url.search === '' && url.hash === '') return text.replace(/\/$/, '');
  throw new Error(`${variable} is "${text}"; it takes an address that begins with https://.`);
}

/** Addresses and networks; a name could come to mean anything. */
function parseProxies(text: string): string[] {
  const named = text.split(/[\s,]+/).filter(Boolean);
  for (const each of named) {
    const [address = '', bits] = each.split('/');
    const most = isIP(address) === 4 ? 32 : 128;
    if (isIP(address) !== 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most)))
      continue;
    throw new Error(
      `MARTEAU_TRUSTED_PROXIES names "${each}"; it takes addresses and networks of the proxies before this server, for example 127.0.0.1, 10.0.0.0/8.`,
    );
  }
  return named;
}

function parseAdmins(text: string): string[] {
  const named = text.split(/[\s,]+/).filter(Boolean);
  const wrong = named.find((one) => readAddress(one) === null);
  if (wrong === undefined) return named.map((one) => one.toLowerCase());
  throw new Error(
    `MARTEAU_ADMIN names "${wrong}", which is no mail address; it takes one, or several with commas between them, for example ana@example.com.`,
  );
}

function parseAccessToken(token: string): string {
  if (token.length >= SHORTEST_TOKEN) return token;
  throw new Error(
    `MARTEAU_ACCESS_TOKEN has ${token.length} characters, which can be guessed. Use ${SHORTEST_TOKEN} or more, for instance what "openssl rand -hex 16" prints.`,
  );
}
