import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { isMarteauError, MarteauError } from '@marteau/shared';
import { Type } from 'typebox';
import { formatAddress, parseAddress } from '../address.ts';
import { behaviors } from '../behaviors/index.ts';
import type { GivenOptions } from '../behaviors/options.ts';
import type { ChaosProxy } from '../proxy/chaos-proxy.ts';
import type { ShownSetting } from '../proxy/setting.ts';
import type { Proxies } from './proxies.ts';
import { type ToldError, tellAs } from './tell-error.ts';

// Above 250 lines: every route of an API that is not ours, beside what it says of each.

/** What is understood here, as clients ask for it before they use PATCH. */
const VERSION = '2.12.0';

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

function proxyOf(proxies: Proxies, name: string): ChaosProxy {
  if (!proxies.has(name)) throw errors.noProxy(name);
  return proxies.get(name);
}

function toxicOf(proxy: ChaosProxy, wanted: string): ShownSetting {
  const found = proxy.behaviors.find(({ name }) => name === wanted);
  if (!found) throw errors.noToxic(wanted);
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

async function addProxy(proxies: Proxies, given: Fields): Promise<ChaosProxy> {
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

async function updateProxy(proxy: ChaosProxy, { listen, upstream, enabled }: Fields): Promise<ChaosProxy> {
  if (typeof upstream === 'string' && upstream !== '' && upstream !== proxy.upstream)
    proxy.setUpstream(upstream);
  if (typeof listen === 'string' && listen !== '') await proxy.setListen(listen);
  if (typeof enabled === 'boolean') await proxy.setEnabled(enabled);
  return proxy;
}

async function updateToxic(
  proxy: ChaosProxy,
  toxic: ShownSetting,
  { attributes, toxicity }: Fields,
): Promise<ShownSetting> {
  await proxy.updateBehavior(toxic.name, {
    options: attributesOf(toxic.behavior, attributes, toxic.options),
    probability: toxicityOf(toxicity, toxic.probability),
  });
  return toxicOf(proxy, toxic.name);
}

async function addToxic(
  proxy: ChaosProxy,
  { type, stream = 'downstream', name, toxicity, attributes }: Fields,
): Promise<ShownSetting> {
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
  return toxicOf(proxy, called);
}

/** Makes all of them or says which could be made: those before the first that cannot. */
async function populate(proxies: Proxies, body: unknown): Promise<object[]> {
  if (!Array.isArray(body)) throw errors.body('it has to be a list of proxies');
  const wanted = body.map(fields);
  for (const one of wanted) {
    text(one, 'name');
    text(one, 'upstream');
  }
  const made: object[] = [];
  for (const one of wanted) {
    try {
      made.push(show(await replaceProxy(proxies, one)));
    } catch (error) {
      throw Object.assign(isMarteauError(error) ? error : (error as Error), { extra: { proxies: made } });
    }
  }
  return made;
}

async function replaceProxy(proxies: Proxies, given: Fields): Promise<ChaosProxy> {
  const name = text(given, 'name');
  if (proxies.has(name)) {
    const there = proxies.get(name);
    if (isSame(there, given)) return there;
    await proxies.remove(name);
  }
  return addProxy(proxies, given);
}

function isSame(proxy: ChaosProxy, { listen, upstream }: Fields): boolean {
  const same = (a: string, b: unknown) => typeof b === 'string' && formatAddress(parseAddress(b)) === a;
  return (
    same(proxy.upstream, upstream) && (listen === undefined || listen === '' || same(proxy.listen, listen))
  );
}

/** An error of this API. */
export const toxiproxyError = ({ status, message, extra }: ToldError) => ({
  error: message,
  status,
  ...extra,
});

const ofProxy = { schema: { params: Type.Object({ proxy: Type.String() }) } };
const ofToxic = { schema: { params: Type.Object({ proxy: Type.String(), toxic: Type.String() }) } };

/** The API of Toxiproxy 2, for its clients. It reads bodies itself: what is wrong with them it says in Toxiproxy's words. */
export const toxiproxyApi: FastifyPluginAsyncTypebox<{ proxies: Proxies }> = async (app, { proxies }) => {
  app.setErrorHandler(tellAs(toxiproxyError));

  app.get('/version', (_request, reply) =>
    reply.type('application/json').send(`${JSON.stringify({ version: VERSION })}\n`),
  );

  app.get('/proxies', () => Object.fromEntries(proxies.all.map((proxy) => [proxy.name, show(proxy)])));

  app.post('/proxies', async ({ body }, reply) =>
    reply.code(201).send(show(await addProxy(proxies, fields(body)))),
  );

  app.post('/populate', async ({ body }, reply) =>
    reply.code(201).send({ proxies: await populate(proxies, body) }),
  );

  /** Enables all proxies and removes all toxics. */
  app.post('/reset', async (_request, reply) => {
    await proxies.heal();
    return reply.code(204).send();
  });

  app.get('/proxies/:proxy', ofProxy, ({ params }) => show(proxyOf(proxies, params.proxy)));

  app.route({
    url: '/proxies/:proxy',
    method: ['POST', 'PATCH'],
    ...ofProxy,
    handler: async ({ params, body }) =>
      show(await updateProxy(proxyOf(proxies, params.proxy), fields(body))),
  });

  app.delete('/proxies/:proxy', ofProxy, async ({ params }, reply) => {
    await proxies.remove(proxyOf(proxies, params.proxy).name);
    return reply.code(204).send();
  });

  app.get('/proxies/:proxy/toxics', ofProxy, ({ params }) =>
    proxyOf(proxies, params.proxy).behaviors.map(showToxic),
  );

  app.post('/proxies/:proxy/toxics', ofProxy, async ({ params, body }) =>
    showToxic(await addToxic(proxyOf(proxies, params.proxy), fields(body))),
  );

  app.get('/proxies/:proxy/toxics/:toxic', ofToxic, ({ params }) =>
    showToxic(toxicOf(proxyOf(proxies, params.proxy), params.toxic)),
  );

  app.route({
    url: '/proxies/:proxy/toxics/:toxic',
    method: ['POST', 'PATCH'],
    ...ofToxic,
    async handler({ params, body }) {
      const proxy = proxyOf(proxies, params.proxy);
      return showToxic(await updateToxic(proxy, toxicOf(proxy, params.toxic), fields(body)));
    },
  });

  app.delete('/proxies/:proxy/toxics/:toxic', ofToxic, async ({ params }, reply) => {
    const proxy = proxyOf(proxies, params.proxy);
    await proxy.removeBehavior(toxicOf(proxy, params.toxic).name);
    return reply.code(204).send();
  });
};
