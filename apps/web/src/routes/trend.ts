import { renderTrend } from '@marteau/report';
import { MarteauError } from '@marteau/shared';
import type { Store } from '@marteau/store';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { baseUrl } from '../base-url.ts';
import type { WebConfig } from '../config.ts';
import { finishedRuns } from '../data/good-runs.ts';
import { reportPolicy } from '../plugins/security-headers.ts';
import { projectName } from '../views/project.ts';

/** How far a trend looks back. */
const mostRuns = 400;

interface TrendRequest {
  Querystring: { project?: string; test?: string };
}

/** What the runs of a project say together. */
export async function trendRoutes(
  app: FastifyInstance,
  { store, config }: { store: Store; config: WebConfig },
) {
  app.get<TrendRequest>('/trend', { schema: { hide: true } }, async (request, reply) => {
    const { project = '', test } = request.query;
    const all = await finishedRuns(store, project, mostRuns);
    const [newest] = all;
    if (newest === undefined)
      throw new MarteauError('not-found', { what: `project ${project.slice(0, 200)}` });
    // Runs of different tests have no level in common: without a word, it is the test of the newest run.
    const wanted = test === undefined ? newest.test : test || null;
    const own = all.filter((run) => run.test === wanted);
    const title = wanted === null ? projectName(newest) : `${projectName(newest)}, ${wanted}`;
    // In its sandbox the page has no origin, so its links have to be whole.
    const site = baseUrl(config, request);
    const runs = own.toReversed().map((run) => ({ run, url: `${site}/runs/${run.id}` }));
    const home = `${site}/runs?project=${encodeURIComponent(project)}`;
    return page(reply, renderTrend(title, runs, home));
  });
}

/** A page that was written whole holds what strangers named: it is served as a report is. */
function page(reply: FastifyReply, html: string) {
  return reply.header('content-security-policy', reportPolicy).type('text/html; charset=utf-8').send(html);
}
