import { totalmem } from 'node:os';
import { type ContainSetting, containSettings } from '@marteau/launch';
import { hostLabel, type MailSettings, readMailSettings } from '@marteau/mail';
import { anywhere, hostInUrl, outsidePolicy } from '@marteau/net';
import { type Deadlines as AroundDeadlines, type NetworkRules, npmSettings } from '@marteau/run';
import { parseDuration } from '@marteau/shared';
import type { RetentionLimits } from '@marteau/store';
import { Environment, readServerSettings, type ServerSettings } from '@marteau/store';
import { type NodeSettings, parseHost, parseLabels, parseRoles, roles } from './node-settings.ts';
import type { TraceSettings } from './traces/tracer.ts';

/** What a worker is told by its environment. docs/operations.md explains every variable. */
export interface Config extends ServerSettings {
  /** Where the web is, without a slash at its end. */
  publicUrl: string;
  node: NodeSettings & { name: string; address: string | undefined };
  /** Whether a script is tried by two users before several nodes are taken. */
  preflight: boolean;
  mail: MailSettings;
  /** After so long without anything to do the worker ends, ms; null where it stays. */
  idleExitMs: number | null;
  /** What everybody is asked for who asks for its figures from another machine; null where accounts have keys for it. */
  accessToken: string | null;
  /** Where probes are answered; null for nowhere. */
  probes: { host: string; port: number } | null;
  /** Where spans of jobs go; null for nowhere. */
  traces: TraceSettings | null;
  /** What is kept of ended runs. */
  retention: RetentionLimits;
  deadlines: Deadlines;
  /** How programs of runs are held. */
  contain: ContainSetting;
  /** Projects that are trusted with the machine, by their addresses. */
  uncontained: string[];
  /** What those of one run may take together. */
  limits: { memoryBytes: number; tasks: number; diskBytes: number };
  /** What they may reach. */
  network: NetworkRules;
  /** What foreign programs get as their PATH. */
  searchPath: string;
  /** npm's settings of this node, as variables: registry, proxy, certificates. */
  npm: Record<string, string>;
}

/** Of a machine's memory, what the programs of one run may take together. */
const MEMORY_SHARE = 0.9;
/** Processes and threads at once: a browser has some hundreds. */
const MOST_TASKS = 8192;
const GB = 'a number of gigabytes above 0';

/** How long the parts of a run may take, in ms. */
interface Deadlines extends AroundDeadlines {
  clone: number;
  /** How long is tried to store what was measured, while a bucket is away. */
  store: number;
  /** How long a run waits for nodes that are not there. */
  nodes: number;
  /** How long a worker that is asked to end goes on with what it has begun. */
  grace: number;
}

/** @throws ConfigError that names every mistake */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const environment = new Environment(env);
  const milliseconds = (name: string, seconds: number): number =>
    environment.amount(name, 1000, `a number of seconds, for example ${seconds}`, seconds * 1000);
  const limit = (name: string, unit: number): number | null =>
    environment.amount(name, unit, 'a number above 0, or is left out to keep everything', null);

  const settings = readServerSettings(environment, process.cwd());
  const config: Config = {
    ...settings,
    publicUrl:
      settings.url ??
      `http://${hostInUrl(environment.text('HOST') ?? '127.0.0.1')}:${environment.text('PORT') ?? 3000}`,
    node: {
      name: environment.text('MARTEAU_NODE') ?? hostLabel(),
      address: environment.parsed('MARTEAU_ADDRESS', parseHost, undefined),
      roles: environment.parsed('MARTEAU_ROLES', parseRoles, roles),
      labels: environment.parsed('MARTEAU_LABELS', parseLabels, {}),
    },
    preflight: environment.isOn('MARTEAU_PREFLIGHT', true),
    idleExitMs: environment.parsed('MARTEAU_IDLE_EXIT', parseIdleExit, null),
    accessToken: environment.text('MARTEAU_ACCESS_TOKEN'),
    probes: environment.parsed('MARTEAU_PROBES', parseProbes, null),
    traces: readTraces(environment),
    mail: readMailSettings(environment, settings.url),
    retention: {
      maxAgeMs: limit('MARTEAU_KEEP_DAYS', 86_400_000),
      maxBytes: limit('MARTEAU_KEEP_GB', 1e9),
    },
    deadlines: {
      clone: milliseconds('MARTEAU_CLONE_TIMEOUT', 300),
      install: milliseconds('MARTEAU_INSTALL_TIMEOUT', 600),
      before: milliseconds('MARTEAU_BEFORE_TIMEOUT', 300),
      after: 30_000,
      store: milliseconds('MARTEAU_STORE_TIMEOUT', 600),
      nodes: milliseconds('MARTEAU_NODES_TIMEOUT', 600),
      grace: milliseconds('MARTEAU_GRACE', 20),
    },
    limits: {
      memoryBytes: Math.floor(
        environment.amount('MARTEAU_RUN_MEMORY_GB', 1e9, GB, totalmem() * MEMORY_SHARE),
      ),
      tasks: Math.ceil(environment.amount('MARTEAU_RUN_TASKS', 1, 'a number above 0', MOST_TASKS)),
      diskBytes: environment.amount('MARTEAU_RUN_DISK_GB', 1e9, GB, 10e9),
    },
    network: { never: [], registries: [], allowed: anywhere },
    uncontained: list(environment.text('MARTEAU_UNCONTAINED') ?? ''),
    contain: environment.parsed('MARTEAU_CONTAIN', parseContain, 'best'),
    searchPath: env.PATH || '/usr/local/bin:/usr/bin:/bin',
    npm: npmSettings(env),
  };
  config.network = networkRules(environment, config);
  environment.check();
  return config;
}

const REGISTRIES =
  'registry.npmjs.org pypi.org files.pythonhosted.org proxy.golang.org sum.golang.org crates.io index.crates.io static.crates.io repo.maven.apache.org repo1.maven.org';

/** Runs reach neither what Marteau itself is made of, nor what the operator denies. */
function networkRules(
  environment: Environment,
  { redisUrl, publicUrl, smtpUrl, bucket, npm, outside }: Config,
): NetworkRules {
  const inside = [redisUrl, publicUrl, smtpUrl, bucket?.endpoint].flatMap((url) => placeOf(url ?? ''));
  const named = list(environment.text('MARTEAU_REGISTRIES') ?? REGISTRIES);
  const settings = Object.values(npm).flatMap(placeOf);
  return {
    never: inside,
    allowed: outsidePolicy(outside),
    registries: [...named.map((host) => (/:\d+$/.test(host) ? host : `${host}:443`)), ...settings],
  };
}

/** `host:port` of an address; nothing of what is none. */
function placeOf(url: string): string[] {
  const ports: Record<string, number> = {
    'redis:': 6379,
    'rediss:': 6379,
    'smtp:': 587,
    'smtps:': 465,
    'http:': 80,
    'https:': 443,
  };
  const { protocol = '', hostname, port } = URL.parse(url) ?? {};
  return hostname && ports[protocol] ? [`${hostname}:${port || ports[protocol]}`] : [];
}

function list(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}

function parseIdleExit(text: string): number {
  const ms = parseDuration(text);
  if (ms !== null && ms > 0) return ms;
  throw new Error(`MARTEAU_IDLE_EXIT is "${text}"; it takes a duration above 0, for example 5m.`);
}

/** By OpenTelemetry's own variables: https://opentelemetry.io/docs/specs/otel/protocol/exporter/ */
function readTraces(environment: Environment): TraceSettings | null {
  const url = environment.parsed('OTEL_EXPORTER_OTLP_ENDPOINT', parseReceiver, null);
  const headers = environment.parsed('OTEL_EXPORTER_OTLP_HEADERS', parseHeaders, {});
  return url === null ? null : { url, headers };
}

function parseReceiver(text: string): string {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) return url.href.replace(/\/$/, '');
  throw new Error(
    `OTEL_EXPORTER_OTLP_ENDPOINT is "${text}"; it takes the address of a receiver of OTLP over HTTP, for example http://otel.example.com:4318.`,
  );
}

/** "authorization=Bearer%20abc,x-team=perf" */
function parseHeaders(text: string): Record<string, string> {
  const pairs = text.split(',').map((pair) => /^\s*([\w-]+)=(.*)$/.exec(pair));
  // Not shown, as it may hold a password.
  if (pairs.includes(null))
    throw new Error(
      'OTEL_EXPORTER_OTLP_HEADERS takes names with values, and commas between: x-team=perf,x-env=ci.',
    );
  return Object.fromEntries(pairs.map((pair) => [pair![1]!, decoded(pair![2]!.trim())]));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** "9464" is the same as "127.0.0.1:9464". */
function parseProbes(text: string): { host: string; port: number } {
  const [, host = '127.0.0.1', port = ''] = /^(?:\[?([^\]]+?)\]?:)?(\d{1,5})$/.exec(text) ?? [];
  if (port !== '' && Number(port) <= 65_535) return { host, port: Number(port) };
  throw new Error(
    `MARTEAU_PROBES is "${text}"; it takes a port, or an address with one: 9464, 0.0.0.0:9464.`,
  );
}

function parseContain(text: string): ContainSetting {
  const setting = containSettings.find((each) => each === text);
  if (setting) return setting;
  throw new Error(`MARTEAU_CONTAIN is "${text}"; it takes ${containSettings.join(', ')}.`);
}
