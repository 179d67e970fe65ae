import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { behaviors } from '../behaviors/index.ts';
import { readPercentages } from '../config/percentages.ts';
import type { ChaosProxy } from '../proxy/chaos-proxy.ts';
import { unknown, wrong } from '../wrong.ts';
import type { Proxies } from './proxies.ts';
import { tellAs } from './tell-error.ts';

/** Vaurien had one proxy; of several, `?proxy=NAME` says which. */
const schema = { querystring: Type.Object({ proxy: Type.Optional(Type.String()) }) };

function proxyOf(proxies: Proxies, { proxy: name }: { proxy?: string }): ChaosProxy {
  if (name !== undefined) return proxies.get(name);
  const [first] = proxies.all;
  if (!first) throw unknown('There is no proxy yet.');
  return first;
}

function record(body: unknown): Record<string, unknown> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return body as Record<string, unknown>;
  throw wrong('The body has to be a JSON object.');
}

/** The control API of Vaurien. */
export const vaurienApi: FastifyPluginAsyncTypebox<{ proxies: Proxies }> = async (app, { proxies }) => {
  app.setErrorHandler(
    tellAs(({ code, message }) => ({
      status: 'error',
      errors: [{ location: 'body', name: code, description: message }],
    })),
  );

  /** The behaviour that is set, with its options. */
  app.get('/behavior', { schema }, ({ query }) => {
    const { behaviors: set } = proxyOf(proxies, query);
    const [first] = set;
    if (set.length > 1 || first?.exclusive) {
      return {
        behavior: set.map(({ behavior, probability }) => `${probability * 100}:${behavior}`).join(','),
      };
    }
    return { behavior: first?.behavior ?? 'dummy', ...first?.options };
  });

  /** Sets one behaviour for everything, or percentages. */
  app.put('/behavior', { schema }, async ({ body, query }) => {
    const { name, ...options } = record(body);
    if (typeof name !== 'string')
      throw wrong('The body needs the behaviour’s name, as in {"name": "delay", "sleep": 2}.');
    const one = name === 'dummy' ? [] : [{ behavior: name, options }];
    await proxyOf(proxies, query).setBehaviors(name.includes(':') ? readPercentages(name) : one);
    return { status: 'ok' };
  });

  app.get('/behaviors', () => ({ behaviors: behaviors.map(({ name }) => name) }));

  app.get('/backend', { schema }, ({ query }) => ({ backend: proxyOf(proxies, query).upstream }));

  app.put('/backend', { schema }, ({ body, query }) => {
    const { backend } = record(body);
    if (typeof backend !== 'string')
      throw wrong('The body needs the backend, as in {"backend": "127.0.0.1:6379"}.');
    proxyOf(proxies, query).setUpstream(backend);
    return { status: 'ok' };
  });
};
