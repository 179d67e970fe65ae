import { dataFileNames } from '@marteau/report';
import { MarteauError, type Run } from '@marteau/shared';
import type { Store } from '@marteau/store';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { INERT_POLICY, REPORT_POLICY } from '../plugins/security-headers.ts';
import { ofRun, open } from '../rights/rule.ts';
import { knownRun } from '../runs/known-run.ts';

interface FileRequest {
  Params: { id: string; '*': string };
  Querystring: { key?: string };
}

const types: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  svg: 'image/svg+xml',
  xml: 'application/xml; charset=utf-8',
};

/**
 * The report and the data that it links to, for whoever has access or a signed key for this run. Registered outside of
 * what asks for the token.
 */
export async function reportRoutes(app: FastifyInstance, { store }: { store: Store }) {
  /** @throws MarteauError access-denied, not-found */
  async function invited(request: FastifyRequest<FileRequest>, reply: FastifyReply): Promise<Run> {
    const { id } = request.params;
    const { key } = request.query;
    const isInvited = key !== undefined && (await store.links.verify(id, key, Date.now()));
    if (!isInvited) await app.authorize(request, reply, ofRun('reader').config.access);
    return knownRun(store, id);
  }

  app.get<FileRequest>('/runs/:id/report', { ...open, schema: { hide: true } }, async (request, reply) => {
    const run = await invited(request, reply);
    reply.header('content-security-policy', REPORT_POLICY).header('referrer-policy', 'no-referrer');
    return sendFile(store, run, 'report.html', 'report', reply);
  });

  app.get<FileRequest>(
    '/runs/:id/results.json',
    { ...open, schema: { tags: ['runs'], summary: 'The measurements of a run, schema marteau.results/1' } },
    async (request, reply) =>
      sendFile(store, await invited(request, reply), 'results.json', 'results.json', reply),
  );

  for (const name of dataFileNames)
    app.get<FileRequest>(
      `/runs/:id/files/${name}`,
      { ...open, schema: { hide: true } },
      async (request, reply) => {
        const run = await invited(request, reply);
        reply.header('content-security-policy', INERT_POLICY);
        return sendFile(store, run, name, name, reply);
      },
    );
}

/** Whatever else is kept of a run: run.json, the file as used, measurements. */
export async function runFileRoutes(app: FastifyInstance, { store }: { store: Store }) {
  app.get<FileRequest>(
    '/runs/:id/files/*',
    { ...ofRun('reader'), schema: { hide: true } },
    async (request, reply) => {
      const run = await knownRun(store, request.params.id);
      const name = request.params['*'];
      reply.header('content-security-policy', name.endsWith('.html') ? REPORT_POLICY : INERT_POLICY);
      return sendFile(store, run, name, name, reply);
    },
  );
}

/** Streams a file of the run's folder, which follows no symbolic link. */
async function sendFile(store: Store, run: Run, name: string, called: string, reply: FastifyReply) {
  const file = await store.folders.of(run.id).open(name);
  if (file === null) throw new MarteauError('report-missing', { file: called });
  const ending = name.split('.').at(-1) ?? '';
  return reply
    .type(types[ending] ?? 'text/plain; charset=utf-8')
    .header('content-length', file.size)
    .header('last-modified', file.modifiedAt.toUTCString())
    .send(file.stream);
}
