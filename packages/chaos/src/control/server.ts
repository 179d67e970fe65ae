import type { AddressInfo } from 'node:net';
import { MarteauError } from '@marteau/shared';
import Fastify, { type FastifyInstance } from 'fastify';
import type { TSchema } from 'typebox';
import { Check } from 'typebox/value';
import { formatAddress, isLoopback, parseAddress } from '../address.ts';
import { misfit } from '../misfit.ts';
import { taken, unknown, wrong } from '../wrong.ts';
import { guard } from './guard.ts';
import { nativeApi, problemOf } from './native.ts';
import type { Proxies } from './proxies.ts';
import { tellAs } from './tell-error.ts';
import { toxiproxyApi, toxiproxyError } from './toxiproxy.ts';
import { vaurienApi } from './vaurien.ts';

export interface ControlOptions {
  /** `127.0.0.1:8474` unless given; port 0 takes a free one. */
  listen?: string;
  /** Needed to listen on anything but loopback. */
  token?: string;
}

/** Answers until it is stopped. */
export interface ControlServer {
  /** `http://127.0.0.1:8474` */
  url: string;
  stop(): Promise<void>;
}

const LONGEST_BODY = 1024 * 1024;
/** Until a request is read, as Node has it; Fastify would take the limit away. */
const SLOWEST_REQUEST_MS = 300_000;
/** Node refuses longer addresses itself. */
const LONGEST_NAME = 16 * 1024;

/**
 * Starts the server by which proxies are controlled: Marteau's own API, Toxiproxy's and Vaurien's.
 * @throws chaos-wrong when it would be open to others without a token, chaos-taken when the port is in use
 */
export async function startControl(proxies: Proxies, options: ControlOptions = {}): Promise<ControlServer> {
  const address = parseAddress(options.listen ?? '127.0.0.1:8474');
  const { token } = options;
  if (!isLoopback(address) && !token) {
    throw wrong(
      `The control server would be open to everybody who reaches ${formatAddress(address)}. Set a token, or listen on 127.0.0.1.`,
    );
  }
  const app = buildControl(proxies, token || undefined);
  try {
    await app.listen(address);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    await app.close();
    if (code === 'EADDRINUSE') {
      throw taken(
        `Something else already listens on ${formatAddress(address)}, where the control server would. Choose another port.`,
      );
    }
    throw new MarteauError('chaos-not-listening', { where: formatAddress(address), detail: message });
  }
  const { port } = app.server.address() as AddressInfo;
  return {
    url: `http://${formatAddress('path' in address ? address : { host: address.host, port })}`,
    stop: () => app.close(),
  };
}

function buildControl(proxies: Proxies, token: string | undefined): FastifyInstance {
  const app = Fastify({
    bodyLimit: LONGEST_BODY,
    requestTimeout: SLOWEST_REQUEST_MS,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    frameworkErrors: (error, request, reply) => tell(error, request, reply),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: LONGEST_NAME },
    schemaController: { compilersFactory: compilers },
  });
  app.addHook('onRequest', async (request, reply) => {
    try {
      guard(request.headers, token);
    } catch (error) {
      return tell(error as Error, request, reply);
    }
    delete request.headers['content-type']; // clients send JSON, whatever they call it
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>('*', { parseAs: 'string' }, async (_: unknown, text: string) =>
    parseBody(text),
  );
  app.setErrorHandler(tell);
  const routes: { pattern: URLPattern; methods: string | string[] }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    routes.push({ pattern: new URLPattern({ pathname: url }), methods: method });
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/';
    const address = { pathname: path.replace(/(.)\/$/, '$1') };
    const there = routes.flatMap(({ pattern, methods }) => (pattern.test(address) ? methods : []));
    const sentence =
      there.length > 0
        ? `${path} takes ${there.join(', ')} and not ${request.method}.`
        : `There is no ${path} here. GET /api/openapi.json lists what there is.`;
    return tell(unknown(sentence), request, reply);
  });
  app.register(nativeApi, { proxies });
  app.register(toxiproxyApi, { proxies });
  app.register(vaurienApi, { proxies });
  return app;
}

const tellProblem = tellAs(problemOf);
const tellToxiproxy = tellAs(toxiproxyError);

/** For what belongs to none of the APIs. */
const tell: typeof tellProblem = (error, request, reply) =>
  (request.url.startsWith('/api/') ? tellProblem : tellToxiproxy)(error, request, reply);

/** Ours, which Fastify's types do not foresee; it would load large ones otherwise, whether they are used or not. */
const compilers = {
  buildValidator: (() => validator) as never,
  buildSerializer: (() => () => JSON.stringify) as never,
};

function validator({ schema }: { schema: TSchema }) {
  return (value: unknown) => (Check(schema, value) ? { value } : { error: misfit(schema, value) });
}

function parseBody(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw wrong(`The body is no JSON: ${(error as Error).message}.`);
  }
}
