import { join } from 'node:path';
import { type MailSettings, readAddress, readMailSettings } from '@marteau/mail';
import { isLoopback } from '@marteau/net';
import { Environment, readServerSettings, type ServerSettings } from '@marteau/store';

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
  /** The repository that an empty home page offers to run, or null where none is set. */
  readonly example: string | null;
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
    example: environment.text('MARTEAU_EXAMPLE'),
  };
  environment.check();
  return config;
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 0 && port <= 65_535) return port;
  throw new Error(`PORT is "${text}"; it takes a number from 0 to 65535.`);
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
