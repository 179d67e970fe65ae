import { behaviors } from '../behaviors/index.ts';
import { readPercentages } from '../config/percentages.ts';
import type { ChaosProxy } from '../proxy/chaos-proxy.ts';
import { unknown, wrong } from '../wrong.ts';
import type { ControlCall, RouteSet } from './route.ts';

/** Vaurien had one proxy; of several, `?proxy=NAME` says which. */
function proxyOf({ proxies, query }: ControlCall): ChaosProxy {
  const name = query.get('proxy');
  if (name !== null) return proxies.get(name);
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
export const vaurienApi: RouteSet = {
  routes: [
    {
      method: 'GET',
      path: '/behavior',
      about: 'The behaviour that is set, with its options.',
      handle(call) {
        const { behaviors: set } = proxyOf(call);
        const [first] = set;
        if (set.length > 1 || first?.exclusive) {
          const list = set.map(({ behavior, probability }) => `${probability * 100}:${behavior}`).join(',');
          return { status: 200, body: { behavior: list } };
        }
        return { status: 200, body: { behavior: first?.behavior ?? 'dummy', ...first?.options } };
      },
    },
    {
      method: 'PUT',
      path: '/behavior',
      about: 'Sets one behaviour for everything, or percentages.',
      async handle(call) {
        const { name, ...options } = record(call.body);
        if (typeof name !== 'string')
          throw wrong('The body needs the behaviour’s name, as in {"name": "delay", "sleep": 2}.');
        const settings = name.includes(':')
          ? readPercentages(name)
          : name === 'dummy'
            ? []
            : [{ behavior: name, options }];
        await proxyOf(call).setBehaviors(settings);
        return { status: 200, body: { status: 'ok' } };
      },
    },
    {
      method: 'GET',
      path: '/behaviors',
      about: 'The names of all behaviours.',
      handle: () => ({ status: 200, body: { behaviors: behaviors.map(({ name }) => name) } }),
    },
    {
      method: 'GET',
      path: '/backend',
      about: 'The backend.',
      handle: (call) => ({ status: 200, body: { backend: proxyOf(call).upstream } }),
    },
    {
      method: 'PUT',
      path: '/backend',
      about: 'Moves to another backend.',
      handle(call) {
        const { backend } = record(call.body);
        if (typeof backend !== 'string')
          throw wrong('The body needs the backend, as in {"backend": "127.0.0.1:6379"}.');
        proxyOf(call).setUpstream(backend);
        return { status: 200, body: { status: 'ok' } };
      },
    },
  ],
  error: ({ code, message }) => ({
    status: 'error',
    errors: [{ location: 'body', name: code, description: message }],
  }),
};
