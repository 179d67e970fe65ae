import { type Static, Type } from 'typebox';
import { behaviors } from '../behaviors/index.ts';
import type { ChaosEvent } from '../events.ts';
import { metrics } from '../outputs/prometheus.ts';
import { type Tally, tallyFaults } from '../outputs/tally.ts';
import { protocols } from '../protocols/index.ts';
import { BehaviorSetting, Name } from '../proxy/behavior-setting.ts';
import type { ChaosProxy } from '../proxy/chaos-proxy.ts';
import { openapi } from './openapi.ts';
import type { Route, RouteSet } from './route.ts';

const closed = { additionalProperties: false };
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
    protocol: Type.Optional(Type.String()),
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
    enabled: Type.Optional(Type.Boolean()),
    behaviors: Type.Optional(Type.Array(BehaviorSetting)),
  },
  closed,
);
const ProxyPatch = Type.Object(
  {
    listen: Type.Optional(Type.String()),
    upstream: Type.Optional(Type.String()),
    enabled: Type.Optional(Type.Boolean()),
  },
  closed,
);

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

const routes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/v1/proxies',
    about: 'All proxies.',
    handle: ({ proxies }) => ({ status: 200, body: { proxies: proxies.all.map(show) } }),
  },
  {
    method: 'POST',
    path: '/api/v1/proxies',
    about: 'Starts a proxy.',
    body: NewProxy,
    async handle({ proxies, body }) {
      const { listen = '127.0.0.1:0', ...rest } = body as Static<typeof NewProxy>;
      return { status: 201, body: show(await proxies.add({ ...rest, listen })) };
    },
  },
  {
    method: 'GET',
    path: '/api/v1/proxies/{proxy}',
    about: 'One proxy.',
    handle: ({ proxies, params }) => ({ status: 200, body: show(proxies.get(params.proxy!)) }),
  },
  {
    method: 'PATCH',
    path: '/api/v1/proxies/{proxy}',
    about: 'Moves a proxy or its backend, or lets it listen or not.',
    body: ProxyPatch,
    async handle({ proxies, params, body }) {
      const proxy = proxies.get(params.proxy!);
      const { listen, upstream, enabled } = body as Static<typeof ProxyPatch>;
      if (upstream !== undefined) proxy.setUpstream(upstream);
      if (listen !== undefined) await proxy.setListen(listen);
      if (enabled !== undefined) await proxy.setEnabled(enabled);
      return { status: 200, body: show(proxy) };
    },
  },
  {
    method: 'DELETE',
    path: '/api/v1/proxies/{proxy}',
    about: 'Stops a proxy for good.',
    async handle({ proxies, params }) {
      await proxies.remove(params.proxy!);
      return { status: 204 };
    },
  },
  {
    method: 'PUT',
    path: '/api/v1/proxies/{proxy}/behaviors',
    about: 'Replaces all behaviours of a proxy at once.',
    body: AllBehaviors,
    async handle({ proxies, params, body }) {
      const proxy = proxies.get(params.proxy!);
      await proxy.setBehaviors((body as Static<typeof AllBehaviors>).behaviors);
      return { status: 200, body: show(proxy) };
    },
  },
  {
    method: 'POST',
    path: '/api/v1/proxies/{proxy}/behaviors',
    about: 'Adds a behaviour behind the others, for as long as its lease if it has one.',
    body: NewBehavior,
    async handle({ proxies, params, body }) {
      const proxy = proxies.get(params.proxy!);
      const { lease, ...setting } = body as Static<typeof NewBehavior>;
      await proxy.addBehavior(setting, lease);
      return { status: 201, body: show(proxy) };
    },
  },
  {
    method: 'PATCH',
    path: '/api/v1/proxies/{proxy}/behaviors/{behavior}',
    about: 'Changes what is given of a behaviour, or renews its lease.',
    body: BehaviorPatch,
    async handle({ proxies, params, body }) {
      const proxy = proxies.get(params.proxy!);
      const { lease, ...patch } = body as Static<typeof BehaviorPatch>;
      await proxy.updateBehavior(params.behavior!, patch, lease);
      return { status: 200, body: show(proxy) };
    },
  },
  {
    method: 'DELETE',
    path: '/api/v1/proxies/{proxy}/behaviors/{behavior}',
    about: 'Takes a behaviour off.',
    async handle({ proxies, params }) {
      await proxies.get(params.proxy!).removeBehavior(params.behavior!);
      return { status: 204 };
    },
  },
  {
    method: 'POST',
    path: '/api/v1/heal',
    about: 'Takes every behaviour off every proxy, and lets all of them listen.',
    async handle({ proxies }) {
      await proxies.heal();
      return { status: 204 };
    },
  },
  {
    method: 'GET',
    path: '/api/v1/behaviors',
    about: 'The behaviours that there are, with their options as JSON Schema.',
    handle: () => ({
      status: 200,
      body: { behaviors: behaviors.map(({ name, about, options, per }) => ({ name, about, per, options })) },
    }),
  },
  {
    method: 'GET',
    path: '/api/v1/protocols',
    about: 'The protocols that there are.',
    handle: () => ({
      status: 200,
      body: { protocols: protocols.map(({ name, about }) => ({ name, about })) },
    }),
  },
  {
    method: 'GET',
    path: '/api/v1/events',
    about: 'Faults as they happen, one JSON object a line, until the client goes.',
    handle: ({ proxies }) => ({
      status: 200,
      body(response, request) {
        const tell = (event: ChaosEvent) => void response.write(`${JSON.stringify(event)}\n`);
        request.on('close', proxies.events.subscribe(tell));
      },
    }),
  },
  {
    method: 'GET',
    path: '/api/v1/faults',
    about: 'How many faults there were in each second, one JSON list a line, until the client goes.',
    handle: ({ proxies }) => ({
      status: 200,
      body(response, request) {
        const tell = (tallies: Tally[]) => void response.write(`${JSON.stringify(tallies)}\n`);
        request.on('close', tallyFaults(proxies.events, 1000, tell).end);
      },
    }),
  },
  {
    method: 'GET',
    path: '/metrics',
    about: 'Counts for Prometheus.',
    handle: ({ proxies }) => ({
      status: 200,
      type: 'text/plain; version=0.0.4; charset=utf-8',
      body: metrics(proxies.all),
    }),
  },
  {
    method: 'GET',
    path: '/api/openapi.json',
    about: 'This document.',
    handle: () => ({ status: 200, body: openapi(routes) }),
  },
];

/** Marteau's own API. */
export const nativeApi: RouteSet = {
  routes,
  error: ({ status, code, message }) => ({ type: 'about:blank', title: code, status, code, detail: message }),
};
