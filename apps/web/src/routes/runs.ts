import { RunState } from '@marteau/shared';
import type { Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import type { WebConfig } from '../config.ts';
import { baseUrl } from '../server/base-url.ts';
import { runRows } from '../views/run-row.ts';

const SHOWN = 50;

interface RunsRequest {
  Querystring: { state?: string; project?: string; cursor?: string };
}

/** All runs, newest first, in pages; of one state or one project. */
export async function runsRoutes(
  app: FastifyInstance,
  { store, config }: { store: Store; config: WebConfig },
) {
  app.get<RunsRequest>('/runs', { schema: { hide: true } }, async (request, reply) => {
    const { project = '', cursor = '' } = request.query;
    const state = RunState.enum.find((known) => known === request.query.state);
    const { runs, cursor: next } = await store.runs.list({
      ...(state && { state }),
      ...(project && { project }),
      cursor: cursor || null,
      limit: SHOWN,
    });
    const filter = { ...(state && { state }), ...(project && { project }) };
    return reply.page('pages/runs', {
      title: project ? 'Runs of a project' : 'All runs',
      project,
      badge: project && runs.length > 0 ? await badge(project, baseUrl(config, request)) : null,
      states: stateChoices(state),
      rows: runRows(runs, Date.now()),
      older: next === null ? null : `/runs?${new URLSearchParams({ ...filter, cursor: next })}`,
      newest: `/runs?${new URLSearchParams(filter)}`,
      paged: cursor !== '',
      filtered: Object.keys(filter).length > 0,
    });
  });

  /** The project's badge, and how a README shows it: as a picture that leads to the project's runs. */
  async function badge(project: string, base: string) {
    const query = new URLSearchParams({ project, key: await store.links.signBadge(project) });
    const runs = `${base}/runs?${new URLSearchParams({ project })}`;
    return {
      src: `/badge.svg?${query}`,
      markdown: `[![load test](${base}/badge.svg?${query})](${runs})`,
      trend: `/trend?${new URLSearchParams({ project })}`,
      again: `/new?${new URLSearchParams({ repo: project })}`,
    };
  }
}

function stateChoices(chosen: string | undefined) {
  const any = { value: '', name: 'any', chosen: chosen === undefined };
  return [any, ...RunState.enum.map((value) => ({ value, name: value, chosen: value === chosen }))];
}
