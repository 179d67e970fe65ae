import { Type } from 'typebox';
import { Check } from 'typebox/value';
import { parse } from 'yaml';
import { misfit } from '../misfit.ts';
import type { BehaviorSetting } from '../proxy/behavior-setting.ts';
import { wrong } from '../wrong.ts';
import type { ChaosConfig } from './config.ts';
import { readPercentages } from './percentages.ts';

const closed = { additionalProperties: false };
const text = Type.Optional(Type.String());

const ProxyInFile = Type.Object(
  {
    listen: text,
    upstream: Type.String(),
    protocol: text,
    seed: Type.Optional(Type.Integer({ minimum: 0 })),
    enabled: Type.Optional(Type.Boolean()),
    standstill: Type.Optional(Type.Union([Type.Number(), Type.String()])),
    backlog: Type.Optional(Type.Integer({ minimum: 1 })),
    behaviors: Type.Optional(
      Type.Union([Type.String(), Type.Array(Type.Record(Type.String(), Type.Unknown()))]),
    ),
    tls: Type.Optional(Type.Object({ cert: Type.String(), key: Type.String() }, closed)),
    upstreamTls: Type.Optional(
      Type.Union([
        Type.Boolean(),
        Type.Object({ servername: text, ca: text, insecure: Type.Optional(Type.Boolean()) }, closed),
      ]),
    ),
  },
  closed,
);

const ConfigFile = Type.Object(
  {
    proxies: Type.Optional(Type.Record(Type.String(), ProxyInFile)),
    control: Type.Optional(Type.Union([Type.Boolean(), Type.Object({ listen: text, token: text }, closed)])),
    statsd: Type.Optional(
      Type.Object({ host: text, port: Type.Optional(Type.Integer()), prefix: text }, closed),
    ),
  },
  closed,
);

/**
 * Reads proxies and their behaviours from YAML.
 * @param readFile reads the PEM files that the file names
 * @throws chaos-wrong
 */
export function readYaml(source: string, readFile: (path: string) => string): ChaosConfig {
  const file = parsed(source);
  if (!Check(ConfigFile, file)) throw misfit(ConfigFile, file);
  const { proxies = {}, control = true, statsd } = file;
  return {
    proxies: Object.entries(proxies).map(([name, proxy]) => {
      const { listen = '127.0.0.1:0', behaviors = [], tls, upstreamTls, ...rest } = proxy;
      return {
        ...rest,
        name,
        listen,
        behaviors:
          typeof behaviors === 'string'
            ? readPercentages(behaviors)
            : (behaviors as unknown as BehaviorSetting[]),
        ...(tls ? { tls: { cert: readFile(tls.cert), key: readFile(tls.key) } } : {}),
        ...(upstreamTls ? { upstreamTls: readUpstreamTls(upstreamTls, readFile) } : {}),
      };
    }),
    control: control === false ? null : control === true ? {} : control,
    statsd: statsd ?? null,
    ignored: [],
  };
}

function readUpstreamTls(given: true | { ca?: string }, readFile: (path: string) => string) {
  if (given === true) return {};
  return { ...given, ca: given.ca === undefined ? undefined : readFile(given.ca) };
}

function parsed(source: string): unknown {
  try {
    return parse(source, { maxAliasCount: 0 }) ?? {};
  } catch (error) {
    throw wrong(`The file is no YAML: ${(error as Error).message.split('\n')[0]}`);
  }
}
