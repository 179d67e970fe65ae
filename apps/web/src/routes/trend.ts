import { renderTrend } from '@marteau/report';
import { MarteauError } from '@marteau/shared';
import { projectId, type Store } from '@marteau/store';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { WebConfig } from '../config.ts';
import { finishedRuns } from '../data/finished-runs.ts';
import { REPORT_POLICY } from '../plugins/security-headers.ts';
import { demand } from '../rights/rights.ts';
import { signedIn } from '../rights/rule.ts';
import { baseUrl } from '../server/base-url.ts';
import { projectName } from '../views/project.ts';
import {
  isSameLoad,
  type TrendLoad,
  trendLoad,
  trendLoads,
  trendName,
  trendNameAmong,
  trendPath,
} from '../views/trend-loads.ts';

/** How far a trend looks back. */
const MOST_RUNS = 400;
/** Other tests that a trend leads to. */
const MOST_OTHERS = 20;

interface TrendRequest {
  Querystring: { project?: string; test?: string; profile?: string; load?: string };
}

/** What the runs of a project say together. */
export async function trendRoutes(
  app: FastifyInstance,
  { store, config }: { store: Store; config: WebConfig },
) {
  app.get<TrendRequest>('/trend', { ...signedIn, schema: { hide: true } }, async (request, reply) => {
    const { project = '', test, profile, load } = request.query;
    demand(
      request.rights,
      projectId(project),
      { need: 'reader', scope: 'read' },
      `project ${project.slice(0, 200)}`,
    );
    const all = await finishedRuns(store, project, MOST_RUNS);
    const [newest] = all;
    if (newest === undefined)
      throw new MarteauError('not-found', { what: `project ${project.slice(0, 200)}` });
    // Runs of different loads have no level in common: without a word, it is what the newest run did.
    const asked = {
      test: test === undefined ? newest.test : test || null,
      profile: test === undefined && profile === undefined ? newest.profile : profile || null,
    };
    const last = all.find((run) => run.test === asked.test && run.profile === asked.profile);
    const newestOfIt = last ? trendLoad(last).load : '';
    const wanted: TrendLoad = { ...asked, load: load ?? newestOfIt, at: '' };
    const own = all.filter((run) => isSameLoad(trendLoad(run), wanted));
    // In its sandbox the page has no origin, so its links have to be whole.
    const site = baseUrl(config, request);
    const runs = own.toReversed().map((run) => ({ run, url: `${site}/runs/${run.id}` }));
    const others = trendLoads(all).filter((other) => !isSameLoad(other, wanted));
    return page(
      reply,
      renderTrend([projectName(newest), trendName(wanted)].filter(Boolean).join(', '), runs, {
        project: `${site}/projects/${projectId(project)}`,
        others: others.slice(0, MOST_OTHERS).map((other) => ({
          name: trendNameAmong(other, [wanted, ...others]),
          href: `${site}${trendPath(project, other)}`,
        })),
      }),
    );
  });
}

/** A page that was written whole holds what strangers named: it is served as a report is. */
function page(reply: FastifyReply, html: string) {
  return reply.header('content-security-policy', REPORT_POLICY).type('text/html; charset=utf-8').send(html);
}
