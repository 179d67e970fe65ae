import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { packCommand } from '../command/pack-command.ts';
import { createMemory } from '../data/memory.ts';
import { anonymous } from '../rights/rule.ts';

const NAME = 'marteau.tgz';

/**
 * `npm install --save-dev http://SERVER/cli/marteau.tgz`: the command line of this very version. npm has no way to sign
 * in, and it is the same on every Marteau of a version.
 */
export async function commandRoutes(app: FastifyInstance, { closing }: { closing: AbortSignal }) {
  const memory = createMemory<{ bytes: Buffer; etag: string }>(1, Number.POSITIVE_INFINITY, Date.now);
  const packed = () =>
    memory.get(NAME, async () => {
      const bytes = await packCommand(closing);
      return { bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url')}"` };
    });

  app.get(`/cli/${NAME}`, { ...anonymous, schema: { hide: true } }, async (request, reply) => {
    const { bytes, etag } = await packed();
    reply.headers({ etag, 'cache-control': 'no-cache' });
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    return reply
      .header('content-disposition', `attachment; filename=${NAME}`)
      .type('application/gzip')
      .send(bytes);
  });
}
