import { isMarteauError, MarteauError } from '@marteau/shared';
import { formatAddress, parseAddress } from '../address.ts';
import { behaviors } from '../behaviors/index.ts';
import type { GivenOptions } from '../behaviors/options.ts';
import type { ChaosProxy } from '../proxy/chaos-proxy.ts';
import type { ShownSetting } from '../proxy/setting.ts';
import type { ControlCall, Route, RouteSet } from './route.ts';

/** What is understood here, as clients ask for it before they use PATCH. */
const version = '2.12.0';

/** Toxiproxy's words for what is wrong, which clients look for, with ours behind them. */
const errors = {
  body: (why: string) => failure('chaos-wrong', `bad request body: ${why}`),
  missing: (field: string) => failure('chaos-wrong', `missing required field: ${field}`),
  stream: (given: unknown) =>
    failure(
      'chaos-wrong',
      `stream was invalid, can be either upstream or downstream: it is ${JSON.stringify(given)}`,
    ),
  type: (why: string) => failure('chaos-wrong', `invalid toxic type: ${why}`),
  noProxy: (name: string) => failure('chaos-unknown', `proxy not found: ${name}`),
  proxyExists: (name: string) => failure('chaos-taken', `proxy already exists: ${name}`),
  noToxic: (name: string) => failure('chaos-unknown', `toxic not found: ${name}`),
  toxicExists: (name: string) => failure('chaos-taken', `toxic already exists: ${name}`),
};

function failure(code: 'chaos-wrong' | 'chaos-unknown' | 'chaos-taken', sentence: string): MarteauError {
  return new MarteauError(code, { sentence });
}

type Fields = Record<string, unknown>;

function fields(body: unknown): Fields {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Fields;
  throw errors.body('it has to be a JSON object');
}

function proxyOf({ proxies, params }: ControlCall): ChaosProxy {
  if (!proxies.has(params.proxy!)) throw errors.noProxy(params.proxy!);
  return proxies.get(params.proxy!);
}

function toxicOf(call: ControlCall) {
  const found = proxyOf(call).behaviors.find(({ name }) => name === call.params.toxic);
  if (!found) throw errors.noToxic(call.params.toxic!);
  return found;
}

function showToxic({ name, behavior, direction, probability, options }: ShownSetting) {
  return {
    attributes: { ...zeros(behavior), ...options },
    name,
    type: behavior,
    stream: direction === 'upstream' ? 'upstream' : 'downstream',
    toxicity: probability,
  };
}

function show(proxy: ChaosProxy) {
  const { name, listen, upstream, enabled } = proxy;
  return { name, listen, upstream, enabled, toxics: proxy.behaviors.map(showToxic) };
}

/** Of numbers that are not given, Toxiproxy takes 0. */
function zeros(behavior: string): GivenOptions {
  const properties = behaviors.find(({ name }) => name === behavior)?.options.properties ?? {};
  const numbers = Object.entries(properties).filter(
    ([, { minimum, default: usual }]: [string, { minimum?: number; default?: unknown }]) =>
      typeof usual === 'number' && !minimum,
  );
  return Object.fromEntries(numbers.map(([name]) => [name, 0]));
}

/** Numbers that cannot be 0 keep their default when they are. */
function attributesOf(behavior: string, given: unknown, usual: GivenOptions): GivenOptions {
  if (given !== undefined && given !== null && (typeof given !== 'object' || Array.isArray(given))) {
    throw errors.body('attributes have to be a map');
  }
  const all: Fields = { ...usual, ...(given as Fields) };
  const known = zeros(behavior);
  return Object.fromEntries(Object.entries(all).filter(([name, value]) => value !== 0 || name in known));
}

function toxicityOf(given: unknown, usual: number): number {
  if (given === undefined) return usual;
  if (typeof given === 'number' && given >= 0 && given <= 1) return given;
  throw errors.body('toxicity has to be a number from 0 to 1');
}

async function addProxy({ proxies }: ControlCall, given: Fields): Promise<ChaosProxy> {
  const name = text(given, 'name');
  const upstream = text(given, 'upstream');
  if (proxies.has(name)) throw errors.proxyExists(name);
  const listen = typeof given.listen === 'string' && given.listen !== '' ? given.listen : '127.0.0.1:0';
  return proxies.add({ name, listen, upstream, enabled: given.enabled !== false });
}

function text(given: Fields, field: string): string {
  const value = given[field];
  if (typeof value === 'string' && value !== '') return value;
  throw errors.missing(field);
}

async function updateProxy(call: ControlCall): Promise<ChaosProxy> {
  const proxy = proxyOf(call);
  const { listen, upstream, enabled } = fields(call.body);
  if (typeof upstream === 'string' && upstream !== '' && upstream !== proxy.upstream)
    proxy.setUpstream(upstream);
  if (typeof listen === 'string' && listen !== '') await proxy.setListen(listen);
  if (typeof enabled === 'boolean') await proxy.setEnabled(enabled);
  return proxy;
}

async function updateToxic(call: ControlCall) {
  const toxic = toxicOf(call);
  const { attributes, toxicity } = fields(call.body);
  await proxyOf(call).updateBehavior(toxic.name, {
    options: attributesOf(toxic.behavior, attributes, toxic.options),
    probability: toxicityOf(toxicity, toxic.probability),
  });
  return toxicOf(call);
}

async function addToxic(call: ControlCall): Promise<ShownSetting> {
  const proxy = proxyOf(call);
  const { type, stream = 'downstream', name, toxicity, attributes } = fields(call.body);
  const behavior = behaviors.find((one) => one.name === type);
  if (!behavior) throw errors.type(`there is ${behaviors.map((one) => one.name).join(', ')}`);
  if (stream !== 'upstream' && stream !== 'downstream') throw errors.stream(stream);
  const called = typeof name === 'string' && name !== '' ? name : `${behavior.name}_${stream}`;
  if (proxy.behaviors.some((one) => one.name === called)) throw errors.toxicExists(called);
  await proxy.addBehavior({
    name: called,
    behavior: behavior.name,
    options: attributesOf(behavior.name, attributes, zeros(behavior.name)),
    probability: toxicityOf(toxicity, 1),
    ...(behavior.stream ? { direction: stream } : {}),
  });
  return proxy.behaviors.find((one) => one.name === called)!;
}

/** Makes all of them or says which could be made: those before the first that cannot. */
async function populate(call: ControlCall) {
  if (!Array.isArray(call.body)) throw errors.body('it has to be a list of proxies');
  const wanted = call.body.map(fields);
  for (const one of wanted) {
    text(one, 'name');
    text(one, 'upstream');
  }
  const made: object[] = [];
  for (const one of wanted) {
    try {
      made.push(show(await replaceProxy(call, one)));
    } catch (error) {
      throw Object.assign(isMarteauError(error) ? error : (error as Error), { extra: { proxies: made } });
    }
  }
  return { status: 201, body: { proxies: made } };
}

async function replaceProxy(call: ControlCall, given: Fields): Promise<ChaosProxy> {
  const { proxies } = call;
  const name = text(given, 'name');
  if (proxies.has(name)) {
    const there = proxies.get(name);
    if (isSame(there, given)) return there;
    await proxies.remove(name);
  }
  return addProxy(call, given);
}

function isSame(proxy: ChaosProxy, { listen, upstream }: Fields): boolean {
  const same = (a: string, b: unknown) => typeof b === 'string' && formatAddress(parseAddress(b)) === a;
  return (
    same(proxy.upstream, upstream) && (listen === undefined || listen === '' || same(proxy.listen, listen))
  );
}

const routes: Route[] = [
  {
    method: 'GET',
    path: '/version',
    about: 'Toxiproxy’s version that is understood.',
    handle: () => ({ status: 200, type: 'application/json', body: `${JSON.stringify({ version })}\n` }),
  },
  {
    method: 'GET',
    path: '/proxies',
    about: 'All proxies and their toxics, by name.',
    handle: ({ proxies }) => ({
      status: 200,
      body: Object.fromEntries(proxies.all.map((proxy) => [proxy.name, show(proxy)])),
    }),
  },
  {
    method: 'POST',
    path: '/proxies',
    about: 'Makes a proxy.',
    handle: async (call) => ({ status: 201, body: show(await addProxy(call, fields(call.body))) }),
  },
  { method: 'POST', path: '/populate', about: 'Makes or replaces proxies.', handle: populate },
  {
    method: 'POST',
    path: '/reset',
    about: 'Enables all proxies and removes all toxics.',
    async handle({ proxies }) {
      await proxies.heal();
      return { status: 204 };
    },
  },
  {
    method: 'GET',
    path: '/proxies/{proxy}',
    about: 'One proxy.',
    handle: (call) => ({ status: 200, body: show(proxyOf(call)) }),
  },
  ...(['POST', 'PATCH'] as const).map(
    (method): Route => ({
      method,
      path: '/proxies/{proxy}',
      about: 'Changes a proxy.',
      handle: async (call) => ({ status: 200, body: show(await updateProxy(call)) }),
    }),
  ),
  {
    method: 'DELETE',
    path: '/proxies/{proxy}',
    about: 'Removes a proxy.',
    async handle(call) {
      await call.proxies.remove(proxyOf(call).name);
      return { status: 204 };
    },
  },
  {
    method: 'GET',
    path: '/proxies/{proxy}/toxics',
    about: 'The toxics of a proxy.',
    handle: (call) => ({ status: 200, body: proxyOf(call).behaviors.map(showToxic) }),
  },
  {
    method: 'POST',
    path: '/proxies/{proxy}/toxics',
    about: 'Adds a toxic.',
    handle: async (call) => ({ status: 200, body: showToxic(await addToxic(call)) }),
  },
  {
    method: 'GET',
    path: '/proxies/{proxy}/toxics/{toxic}',
    about: 'One toxic.',
    handle: (call) => ({ status: 200, body: showToxic(toxicOf(call)) }),
  },
  ...(['POST', 'PATCH'] as const).map(
    (method): Route => ({
      method,
      path: '/proxies/{proxy}/toxics/{toxic}',
      about: 'Changes a toxic.',
      handle: async (call) => ({ status: 200, body: showToxic(await updateToxic(call)) }),
    }),
  ),
  {
    method: 'DELETE',
    path: '/proxies/{proxy}/toxics/{toxic}',
    about: 'Removes a toxic.',
    async handle(call) {
      await proxyOf(call).removeBehavior(toxicOf(call).name);
      return { status: 204 };
    },
  },
];

/** The API of Toxiproxy 2, for its clients. */
export const toxiproxyApi: RouteSet = {
  routes,
  error: ({ status, message, extra }) => ({ error: message, status, ...extra }),
};
