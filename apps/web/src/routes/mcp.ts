import { type Api, ApiRefusal, answer, tools } from '@marteau/mcp';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { version } from '../meters/version.ts';
import { signedIn } from '../rights/rule.ts';

/**
 * The Model Context Protocol, as JSON over POST: one message, one answer. What tools do they do by the API, as whoever
 * asks: with their key, their rights, and their name in the audit log.
 */
export async function mcpRoutes(app: FastifyInstance) {
  app.post<{ Body: unknown }>(
    '/mcp',
    {
      ...signedIn,
      schema: {
        tags: ['assistants'],
        summary: 'The Model Context Protocol: one JSON-RPC message, one answer',
      },
    },
    async (request, reply) => {
      const gone = new AbortController();
      reply.raw.on('close', () => gone.abort());
      const hands = { api: apiAs(app, request), signal: gone.signal, now: Date.now };
      const answered = await answer(request.body, { version, tools, hands });
      return answered === null ? reply.code(202).send() : reply.send(answered);
    },
  );

  // Nothing is told that nobody asked for, and no session is kept.
  app.route({
    method: ['GET', 'DELETE'],
    url: '/mcp',
    ...signedIn,
    schema: { hide: true },
    handler: async (_, reply) => reply.code(405).header('allow', 'POST').send(),
  });
}

/** The API, asked inside this process as the one who asks now. */
function apiAs(app: FastifyInstance, { headers, ip }: FastifyRequest): Api {
  const { host = '', authorization } = headers;
  return {
    async call<T>(
      method: 'GET' | 'POST',
      path: string,
      body?: object,
      more: Record<string, string> = {},
    ): Promise<T> {
      const answer = await app.inject({
        method,
        url: path,
        remoteAddress: ip,
        headers: { ...more, host, ...app.fromInside, ...(authorization && { authorization }) },
        ...(body && { payload: body }),
      });
      if (answer.statusCode < 300) return answer.json<T>();
      const { code = '', detail = '' } = problemOf(answer.body);
      throw new ApiRefusal(code, detail || `The server answered ${answer.statusCode}.`);
    },
  };
}

function problemOf(text: string): { code?: string; detail?: string } {
  try {
    return JSON.parse(text) as { code?: string; detail?: string };
  } catch {
    return {};
  }
}
