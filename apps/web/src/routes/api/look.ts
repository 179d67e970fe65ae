import { RunRequest } from '@marteau/shared';
import type { FastifyInstance } from 'fastify';
import { Look } from '../../look/look.ts';
import type { Looker } from '../../look/looker.ts';
import { signedIn } from '../../rights/rule.ts';
import { Problem } from '../../server/problem.ts';

const schema = {
  tags: ['runs'],
  summary: 'Look at a repository without running it',
  description:
    'Reads `.marteau.yml` through git, and says what it amounts to together with the overrides, or every mistake. Queues nothing.',
  body: RunRequest,
  response: { 200: Look, '4xx': Problem, '5xx': Problem },
};

/** A POST, because a look makes the server connect to somewhere: no foreign page can ask for it. */
export async function lookRoutes(app: FastifyInstance, { looker }: { looker: Looker }) {
  app.post<{ Body: RunRequest }>('/api/v1/look', { ...signedIn, schema }, async (request) =>
    looker.look(request.body, request.rights),
  );
}
