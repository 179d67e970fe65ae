import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { version } from '../../meters/version.ts';
import { signedIn } from '../../rights/rule.ts';
import { Problem } from '../../server/problem.ts';

const Version = Type.Object({
  marteau: Type.String({ examples: ['0.1.0'] }),
  node: Type.String({ description: 'of the web', examples: ['24.21.0'] }),
});

/** Which Marteau this is. */
export async function apiVersionRoutes(app: FastifyInstance) {
  const response = { 200: Version, '4xx': Problem, '5xx': Problem };
  const schema = { tags: ['service'], summary: 'Which version this server is', response };
  app.get('/api/v1/version', { ...signedIn, schema }, async () => ({
    marteau: version,
    node: process.versions.node,
  }));
}
