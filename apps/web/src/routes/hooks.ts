import { Readable } from 'node:stream';
import { forgeOf } from '@marteau/forge';
import { MarteauError } from '@marteau/shared';
import { type Hook, openingSecrets, type Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { arrivalOf } from '../hooks/arrival-of.ts';
import { readBody } from '../hooks/read-body.ts';
import { createInflow } from '../hooks/receive.ts';
import { anonymous } from '../rights/rule.ts';
import { Problem } from '../server/problem.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The hook that is called. */
    hook: Hook | null;
  }
}

const Accepted = Type.Object({ delivery: Type.String({ description: 'its id on this server' }) });
const Ignored = Type.Object({ ignored: Type.String({ description: 'why nothing is done' }) });

const LINGER_MS = 1000;

/** What forges call. Whoever knows the secret of the hook is let in, and nobody else; the work is done later. */
export async function hookRoutes(app: FastifyInstance, { store }: { store: Store }) {
  const inflow = createInflow();
  // The signature is of the bytes as they come, whatever they say they are.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, body, done) => done(null, body));
  app.decorateRequest('hook', null);
  app.addHook('onResponse', async ({ raw }) => {
    // Refused before all of it came: who sends on may read the answer first.
    if (!raw.complete) setTimeout(() => raw.socket.destroy(), LINGER_MS).unref();
  });

  app.post<{ Params: { project: string } }>(
    '/hooks/:project',
    {
      ...anonymous,
      schema: {
        tags: ['projects'],
        summary: 'What a forge calls when something happened in the repository of a project',
        description:
          'Signed with the secret of the hook, as the forge signs. 200 says why nothing is done: another answer than 2xx would have the forge switch the hook off.',
        params: Type.Object({ project: Type.String() }),
        response: { 200: Ignored, 202: Accepted, '4xx': Problem, '5xx': Problem },
      },
      async onRequest(request) {
        const { project } = request.params;
        // Each is kept as a delivery: a forge is nobody who did something.
        request.isAudited = true;
        request.hook = await store.hooks.of(project);
        if (request.hook === null)
          throw new MarteauError('not-found', { what: `hook ${project.slice(0, 40)}` });
      },
    },
    async (request, reply) => {
      const { headers } = request;
      const hook = request.hook!;
      const { kind } = hook.forge;
      const now = Date.now();
      const proof = forgeOf(kind).prove(headers, openingSecrets(hook, now), now);
      if (proof === null) throw new MarteauError('unsigned-hook', {});
      const length = headers['content-length'] === undefined ? null : Number(headers['content-length']);
      const body = await inflow.read(
        (request.body as Readable | undefined) ?? Readable.from([]),
        proof,
        length,
      );
      const arrival = arrivalOf(hook, { headers, body, read: await readBody({ kind, headers, body }) }, now);
      if (arrival.state === 'ignored') {
        await store.arrivals.note(arrival);
        return { ignored: arrival.why ?? '' };
      }
      if (await store.arrivals.isKnown(arrival.id)) return { ignored: 'This delivery came before.' };
      await store.arrivals.accept(arrival);
      return reply.code(202).send({ delivery: arrival.id });
    },
  );
}
