import { RunState } from '@marteau/shared';
import { projectId, type Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import { signedIn } from '../rights/rule.ts';
import { runRows } from '../views/run-row.ts';

const SHOWN = 50;

interface RunsRequest {
  Querystring: { state?: string; project?: string; cursor?: string };
}

/** All runs, newest first, in pages; of one state or one project. */
export async function runsRoutes(app: FastifyInstance, { store }: { store: Store }) {
  app.get<RunsRequest>('/runs', { ...signedIn, schema: { hide: true } }, async (request, reply) => {
    const { project = '', cursor = '' } = request.query;
    const state = RunState.enum.find((known) => known === request.query.state);
    const { runs, cursor: next } = await store.runs.list({
      ...(state && { state }),
      ...(project && { project }),
      among: request.rights.sees,
      cursor: cursor || null,
      limit: SHOWN,
    });
    const filter = { ...(state && { state }), ...(project && { project }) };
    return reply.page('pages/runs', {
      title: project ? 'Runs of a project' : 'All runs',
      project,
      projectHref: project && runs.length > 0 ? `/projects/${projectId(project)}` : null,
      states: stateChoices(state),
      rows: runRows(runs, Date.now()),
      older: next === null ? null : `/runs?${new URLSearchParams({ ...filter, cursor: next })}`,
      newest: `/runs?${new URLSearchParams(filter)}`,
      paged: cursor !== '',
      filtered: Object.keys(filter).length > 0,
    });
  });
}

function stateChoices(chosen: string | undefined) {
  const any = { value: '', name: 'any', chosen: chosen === undefined };
  return [any, ...RunState.enum.map((value) => ({ value, name: value, chosen: value === chosen }))];
}
