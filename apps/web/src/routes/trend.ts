import { badgeSvg, renderTrend } from '@marteau/report';
import { MarteauError } from '@marteau/shared';
import type { Store } from '@marteau/store';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { finishedRuns } from '../data/good-runs.ts';
import { inertPolicy, reportPolicy } from '../plugins/security-headers.ts';
import { projectName } from '../views/project.ts';

/** How far a trend looks back. */
const mostRuns = 400;
/** How many runs of all branches a badge looks through for the last one of its own. */
const badgeRuns = 200;

interface TrendRequest {
  Querystring: { project?: string; test?: string };
}

interface BadgeRequest {
  Querystring: { project?: string; ref?: string };
}

/** What the runs of a project say together: its trend, and the badge for a README. */
export async function trendRoutes(app: FastifyInstance, { store }: { store: Store }) {
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
    const runs = own
      .toReversed()
      .map((run) => ({ run, url: absolute(request.host, request.protocol, run.id) }));
    return page(reply, renderTrend(title, runs));
  });

  app.get<BadgeRequest>('/badge.svg', { schema: { hide: true } }, async (request, reply) => {
    const { project = '', ref } = request.query;
    const runs = await finishedRuns(store, project, badgeRuns);
    const last = runs.find((run) => ref === undefined || run.ref === ref);
    const name = ref === undefined ? {} : { name: ref.slice(0, 60) };
    const svg = badgeSvg({ verdict: last?.verdict ?? null, summary: last?.summary ?? null, ...name });
    return reply.header('content-security-policy', inertPolicy).type('image/svg+xml').send(svg);
  });
}

/** A page that was written whole holds what strangers named: it is served as a report is. */
function page(reply: FastifyReply, html: string) {
  return reply.header('content-security-policy', reportPolicy).type('text/html; charset=utf-8').send(html);
}

/** A page in a sandbox has no origin, so its links have to be whole. */
function absolute(host: string, protocol: string, id: string): string {
  return `${protocol}://${host}/runs/${id}`;
}
