import { RunState, Verdict } from '@marteau/shared';
import { projectId, type Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import { signedIn } from '../rights/rule.ts';
import { searchIn } from '../search/asked.ts';
import type { Search } from '../search/search.ts';
import { runRows } from '../views/run-row.ts';

const SHOWN = 50;

interface RunsRequest {
  Querystring: Record<string, string | undefined>;
}

/** Fields of the form that are hidden until one of them is used. */
const more = [
  { name: 'ref', label: 'Branch', type: 'text' },
  { name: 'commit', label: 'Commit', type: 'text' },
  { name: 'tag', label: 'Tag', type: 'text' },
  { name: 'who', label: 'Who', type: 'text' },
  { name: 'since', label: 'From', type: 'date' },
  { name: 'until', label: 'Before', type: 'date' },
] as const;

/** All runs, newest first, in pages; of one state or one project, or those that a search finds. */
export async function runsRoutes(app: FastifyInstance, { store, search }: { store: Store; search: Search }) {
  app.get<RunsRequest>('/runs', { ...signedIn, schema: { hide: true } }, async (request, reply) => {
    const { cursor = '' } = request.query;
    const { query, isSearch } = searchIn(request.query);
    const { project = '' } = query;
    const limits = { among: request.rights.sees, cursor: cursor || null, limit: SHOWN };
    const { runs, cursor: next } = isSearch
      ? await search.find(query, limits)
      : await store.runs.list({
          ...(query.state && { state: query.state }),
          ...(project && { project }),
          ...limits,
        });
    const notes = await store.notes.of(runs.map(({ id }) => id));
    const filter = Object.fromEntries(Object.entries(query).filter(([, value]) => value));
    return reply.page('pages/runs', {
      title: project ? 'Runs of a project' : isSearch ? 'Runs that match' : 'All runs',
      project,
      projectHref: project && runs.length > 0 ? `/projects/${projectId(project)}` : null,
      words: query.q ?? '',
      states: choices(RunState.enum, query.state),
      verdicts: choices(Verdict.enum, query.verdict),
      more: more.map((field) => ({ ...field, value: query[field.name] ?? '' })),
      isOpen: more.some(({ name }) => query[name]),
      filling: isSearch ? search.filling() : null,
      rows: runRows(runs, Date.now(), notes),
      older: next === null ? null : `/runs?${new URLSearchParams({ ...filter, cursor: next })}`,
      newest: `/runs?${new URLSearchParams(filter)}`,
      paged: cursor !== '',
      filtered: Object.keys(filter).length > 0,
    });
  });
}

function choices(values: readonly string[], chosen: string | undefined) {
  const any = { value: '', name: 'any', chosen: !chosen };
  return [any, ...values.map((value) => ({ value, name: value, chosen: value === chosen }))];
}
