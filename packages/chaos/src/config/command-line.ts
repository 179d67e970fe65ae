import type { ParseArgsOptionsConfig } from 'node:util';
import { behaviors } from '../behaviors/index.ts';
import { protocols } from '../protocols/index.ts';
import { wrong } from '../wrong.ts';
import type { ChaosConfig, OptionValues } from './config.ts';
import { readPercentages } from './percentages.ts';

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

/** Vaurien had to be told what a proxy without threads and pools does by itself. */
const withoutEffect: ParseArgsOptionsConfig = {
  timeout: text,
  'stay-connected': flag,
  'pool-max-size': text,
  'pool-timeout': text,
  sync: flag,
  bufsize: text,
  'log-level': text,
  'log-output': text,
  'statsd.sample-rate': text,
  ...Object.fromEntries(
    protocols.flatMap(({ name }) =>
      ['reuse-socket', 'buffer', 'keep-alive', 'overwrite-host-header'].map((option) => [
        `protocol-${name}-${option}`,
        text,
      ]),
    ),
  ),
};

const optionName = (behavior: string, option: string) =>
  `behavior-${behavior}-${option}`.replaceAll('_', '-');

/** The options of `marteau proxy`, those of every behaviour included. */
export const commandLineOptions: ParseArgsOptionsConfig = {
  config: text,
  proxy: text,
  backend: text,
  protocol: text,
  behavior: text,
  seed: text,
  backlog: text,
  standstill: text,
  control: text,
  token: text,
  http: flag,
  'http-host': text,
  'http-port': text,
  'statsd.enabled': flag,
  'statsd.host': text,
  'statsd.port': text,
  'statsd.prefix': text,
  events: flag,
  ...Object.fromEntries(
    behaviors.flatMap(({ name, options }) =>
      Object.keys(options.properties).map((option) => [optionName(name, option), text]),
    ),
  ),
  ...withoutEffect,
};

/**
 * What a command line of Vaurien says. Without a backend it is the control server alone, on which proxies are made.
 * @throws chaos-wrong
 */
export function readCommandLine(values: OptionValues): ChaosConfig {
  const given = (name: string) => (typeof values[name] === 'string' ? values[name] : undefined);
  const options = Object.fromEntries(
    behaviors.map(({ name, options }) => [
      name,
      Object.fromEntries(
        Object.keys(options.properties)
          .map((option) => [option, values[optionName(name, option)]] as const)
          .filter(([, value]) => value !== undefined),
      ),
    ]),
  );
  const isProxy = ['backend', 'proxy', 'behavior', 'protocol'].some((name) => given(name) !== undefined);
  const proxy = {
    name: 'proxy',
    listen: given('proxy') ?? 'localhost:8000',
    upstream: given('backend') ?? 'localhost:80',
    protocol: given('protocol') ?? 'tcp',
    seed: readNumber('seed', given('seed') ?? '0'),
    backlog: readNumber('backlog', given('backlog') ?? '8192'),
    ...(given('standstill') === undefined ? {} : { standstill: given('standstill')! }),
    behaviors: readPercentages(given('behavior') ?? '100:dummy', options),
  };
  return {
    proxies: isProxy ? [proxy] : [],
    control: readControl(values, given, isProxy),
    statsd: isOn(values['statsd.enabled'])
      ? {
          host: given('statsd.host'),
          port: readNumber('statsd.port', given('statsd.port') ?? '8125'),
          prefix: given('statsd.prefix'),
        }
      : null,
    ignored: Object.keys(withoutEffect).filter(
      (name) => values[name] !== undefined && values[name] !== false,
    ),
  };
}

function readControl(
  values: OptionValues,
  given: (name: string) => string | undefined,
  isProxy: boolean,
): ChaosConfig['control'] {
  const token = given('token');
  const control = given('control');
  if (control !== undefined) return { listen: control, token };
  if (isOn(values.http))
    return { listen: `${given('http-host') ?? 'localhost'}:${given('http-port') ?? '8080'}`, token };
  return isProxy ? null : { token };
}

function isOn(value: string | boolean | undefined): boolean {
  return value === true || (typeof value === 'string' && /^(true|yes|on|1)$/i.test(value));
}

function readNumber(name: string, written: string): number {
  const number = Number(written);
  if (Number.isSafeInteger(number) && number >= 0 && written.trim() !== '') return number;
  throw wrong(`--${name} is '${written}'; it takes a whole number.`);
}
