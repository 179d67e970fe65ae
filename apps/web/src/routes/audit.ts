import { Readable } from 'node:stream';
import type { AuditEntry, Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import { admin } from '../rights/rule.ts';
import { moment } from '../views/moment.ts';

const SHOWN = 100;
const EXPORTED = 1000;

/** Who did what: a page, and all of it as JSON lines. */
export async function auditRoutes(app: FastifyInstance, { store }: { store: Store }) {
  app.get<{ Querystring: { before?: string } }>(
    '/audit',
    { ...admin, schema: { hide: true } },
    async (request, reply) => {
      const { entries, cursor } = await store.audit.list({
        limit: SHOWN,
        before: request.query.before || null,
      });
      const binned = new Set((await store.bin.list()).entries.map(({ id }) => id));
      return reply.page('pages/audit', {
        title: 'Audit log',
        entries: entries.map((entry) => ({
          ...entry,
          name: entry.name || entry.who,
          when: moment(entry.at, Date.now()),
          href: hrefOf(entry),
          undo: undoOf(entry, binned),
          change: [entry.before && `was ${entry.before}`, entry.after].filter(Boolean).join('; now '),
        })),
        older: cursor === null ? null : `/audit?before=${cursor}`,
        paged: request.query.before !== undefined,
      });
    },
  );

  app.get('/audit.jsonl', { ...admin, schema: { hide: true } }, async (_request, reply) => {
    reply.type('application/jsonl; charset=utf-8');
    reply.header('content-disposition', 'attachment; filename="marteau-audit.jsonl"');
    return reply.send(Readable.from(lines(store)));
  });
}

/** All of them, the newest first. */
async function* lines(store: Store): AsyncGenerator<string> {
  let before: string | null = null;
  do {
    const page: Awaited<ReturnType<Store['audit']['list']>> = await store.audit.list({
      limit: EXPORTED,
      before,
    });
    yield page.entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
    before = page.cursor;
  } while (before !== null);
}

/** The page of what was done something to, where there is one. */
function hrefOf({ object }: AuditEntry): string | null {
  const [kind, id = ''] = object.split(' ');
  return kind === 'run' || kind === 'project' ? `/${kind}s/${encodeURIComponent(id)}` : null;
}

/** What can be had back of what was deleted; null for nothing. */
function undoOf({ what, object }: AuditEntry, binned: ReadonlySet<string>): string | null {
  const [, id = ''] = object.split(' ');
  return /^(run|project)\.delete$/.test(what) && binned.has(id) ? id : null;
}
