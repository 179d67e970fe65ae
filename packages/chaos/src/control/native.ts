import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import Fastify, { type FastifyPluginAsync } from 'fastify';
import { Type } from 'typebox';
import { behaviors } from '../behaviors/index.ts';
import { metrics } from '../outputs/prometheus.ts';
import { tallyFaults } from '../outputs/tally.ts';
import { protocols } from '../protocols/index.ts';
import { BehaviorSetting, Name } from '../proxy/behavior-setting.ts';
import type { ChaosProxy } from '../proxy/chaos-proxy.ts';
import type { Proxies } from './proxies.ts';
import { type ToldError, tellAs } from './tell-error.ts';

// Above 250 lines: every route of one API with its schema, which the OpenAPI document is made of.

const closed = { additionalProperties: false };
const text = Type.Optional(Type.String());
const yesOrNo = Type.Optional(Type.Boolean());
const lease = Type.Optional(
  Type.Number({ description: 'ms after which it goes by itself, unless renewed', minimum: 1 }),
);

const NewBehavior = Type.Object({ ...BehaviorSetting.properties, lease }, closed);
const { name: _name, behavior: _behavior, ...changeable } = BehaviorSetting.properties;
const BehaviorPatch = Type.Object({ ...changeable, lease }, closed);
const AllBehaviors = Type.Object({ behaviors: Type.Array(BehaviorSetting) }, closed);

const NewProxy = Type.Object(
  {
    name: Name,
    listen: Type.Optional(Type.String({ description: 'HOST:PORT or unix:PATH; 127.0.0.1:0 unless given' })),
    upstream: Type.String({ description: 'HOST:PORT or unix:PATH' }),
    protocol: text,
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
    standstill: Type.Optional(
      Type.Union([Type.Number(), Type.String()], {
        description:
          'how long one side may stand still while a request that gets an error waits for it; ms, or 1s',
      }),
    ),
    enabled: yesOrNo,
    behaviors: Type.Optional(Type.Array(BehaviorSetting)),
  },
  closed,
);
const ProxyPatch = Type.Object({ listen: text, upstream: text, enabled: yesOrNo }, closed);

const ProxyParams = Type.Object({ proxy: Type.String() });
const BehaviorParams = Type.Object({ proxy: Type.String(), behavior: Type.String() });

/** A proxy as the API shows it. */
function show(proxy: ChaosProxy) {
  const { name, listen, upstream, enabled, seed, open, bytes, counts } = proxy;
  return {
    name,
    listen,
    upstream,
    protocol: proxy.protocol.name,
    enabled,
    seed,
    behaviors: proxy.behaviors,
    connections: counts.connections,
    open,
    bytes,
    faults: Object.fromEntries(counts.faults),
  };
}

/** An error of this API: problem details of RFC 9457. */
export const problemOf = ({ status, code, message }: ToldError) => ({
  type: 'about:blank',
  title: code,
  status,
  code,
  detail: message,
});

/** Marteau's own API. */
export const nativeApi: FastifyPluginAsyncTypebox<{ proxies: Proxies }> = async (app, { proxies }) => {
  app.setErrorHandler(tellAs(problemOf));

  app.get('/api/v1/proxies', { schema: { summary: 'All proxies.' } }, () => ({
    proxies: proxies.all.map(show),
  }));

  app.post(
    '/api/v1/proxies',
    { schema: { summary: 'Starts a proxy.', body: NewProxy } },
    async ({ body: { listen = '127.0.0.1:0', ...rest } }, reply) =>
      reply.code(201).send(show(await proxies.add({ ...rest, listen }))),
  );

  app.get(
    '/api/v1/proxies/:proxy',
    { schema: { summary: 'One proxy.', params: ProxyParams } },
    ({ params }) => show(proxies.get(params.proxy)),
  );

  app.patch(
    '/api/v1/proxies/:proxy',
    {
      schema: {
        summary: 'Moves a proxy or its backend, or lets it listen or not.',
        params: ProxyParams,
        body: ProxyPatch,
      },
    },
    async ({ params, body: { listen, upstream, enabled } }) => {
      const proxy = proxies.get(params.proxy);
      if (upstream !== undefined) proxy.setUpstream(upstream);
      if (listen !== undefined) await proxy.setListen(listen);
      if (enabled !== undefined) await proxy.setEnabled(enabled);
      return show(proxy);
    },
  );

  app.delete(
    '/api/v1/proxies/:proxy',
    { schema: { summary: 'Stops a proxy for good.', params: ProxyParams } },
    async ({ params }, reply) => {
      await proxies.remove(params.proxy);
      return reply.code(204).send();
    },
  );

  app.put(
    '/api/v1/proxies/:proxy/behaviors',
    {
      schema: {
        summary: 'Replaces all behaviours of a proxy at once.',
        params: ProxyParams,
        body: AllBehaviors,
      },
    },
    async ({ params, body }) => {
      const proxy = proxies.get(params.proxy);
      await proxy.setBehaviors(body.behaviors);
      return show(proxy);
    },
  );

  app.post(
    '/api/v1/proxies/:proxy/behaviors',
    {
      schema: {
        summary: 'Adds a behaviour behind the others, for as long as its lease if it has one.',
        params: ProxyParams,
        body: NewBehavior,
      },
    },
    async ({ params, body: { lease, ...setting } }, reply) => {
      const proxy = proxies.get(params.proxy);
      await proxy.addBehavior(setting, lease);
      return reply.code(201).send(show(proxy));
    },
  );

  app.patch(
    '/api/v1/proxies/:proxy/behaviors/:behavior',
    {
      schema: {
        summary: 'Changes what is given of a behaviour, or renews its lease.',
        params: BehaviorParams,
        body: BehaviorPatch,
      },
    },
    async ({ params, body: { lease, ...patch } }) => {
      const proxy = proxies.get(params.proxy);
      await proxy.updateBehavior(params.behavior, patch, lease);
      return show(proxy);
    },
  );

  app.delete(
    '/api/v1/proxies/:proxy/behaviors/:behavior',
    { schema: { summary: 'Takes a behaviour off.', params: BehaviorParams } },
    async ({ params }, reply) => {
      await proxies.get(params.proxy).removeBehavior(params.behavior);
      return reply.code(204).send();
    },
  );

  app.post(
    '/api/v1/heal',
    { schema: { summary: 'Takes every behaviour off every proxy, and lets all of them listen.' } },
    async (_request, reply) => {
      await proxies.heal();
      return reply.code(204).send();
    },
  );

  app.get(
    '/api/v1/behaviors',
    { schema: { summary: 'The behaviours that there are, with their options as JSON Schema.' } },
    () => ({ behaviors: behaviors.map(({ name, about, options, per }) => ({ name, about, per, options })) }),
  );

  app.get('/api/v1/protocols', { schema: { summary: 'The protocols that there are.' } }, () => ({
    protocols: protocols.map(({ name, about }) => ({ name, about })),
  }));

  app.get(
    '/api/v1/events',
    { schema: { summary: 'Faults as they happen, one JSON object a line, until the client goes.' } },
    (_request, reply) => sendLines(reply, (tell) => proxies.events.subscribe(tell)),
  );

  app.get(
    '/api/v1/faults',
    {
      schema: {
        summary: 'How many faults there were in each second, one JSON list a line, until the client goes.',
      },
    },
    (_request, reply) => sendLines(reply, (tell) => tallyFaults(proxies.events, 1000, tell).end),
  );

  app.get('/metrics', { schema: { summary: 'Counts for Prometheus.' } }, (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(metrics(proxies.all)),
  );

  app.get('/api/openapi.json', { schema: { summary: 'This document.' } }, () =>
    openapiOf(nativeApi, { proxies }),
  );
};

/** Answers with lines of JSON, until the client goes. */
function sendLines(reply: FastifyReply, begin: (tell: (line: object) => void) => () => void): void {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
  raw.flushHeaders();
  raw.on(
    'close',
    begin((line) => void raw.write(`${JSON.stringify(line)}\n`)),
  );
}

/** The OpenAPI document of an API, made of its routes. What makes it is loaded only when somebody asks. */
async function openapiOf<T extends object>(api: FastifyPluginAsync<T>, options: T): Promise<object> {
  const { default: fastifySwagger } = await import('@fastify/swagger');
  const app = Fastify();
  app.setValidatorCompiler(() => () => true); // nobody calls these routes
  await app.register(fastifySwagger, {
    openapi: { openapi: '3.1.0', info: { title: 'Marteau’s chaos proxy', version: '1' } },
    transform: ({ schema, url }) => ({ schema: { ...schema, response: answers }, url }),
  });
  await app.register<T>(api, options);
  await app.ready();
  return app.swagger();
}

const answers = {
  default: {
    type: 'null',
    description: 'What was asked for; from 400 on, problem details with a code and a sentence.',
  },
};
