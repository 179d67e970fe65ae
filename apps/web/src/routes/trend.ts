import { renderTrend } from '@marteau/report';
import { MarteauError, type Run } from '@marteau/shared';
import type { Store } from '@marteau/store';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { WebConfig } from '../config.ts';
import { finishedRuns } from '../data/finished-runs.ts';
import { REPORT_POLICY } from '../plugins/security-headers.ts';
import { baseUrl } from '../server/base-url.ts';
import { projectName } from '../views/project.ts';

/** How far a trend looks back. */
const MOST_RUNS = 400;
/** Other tests that a trend leads to. */
const MOST_OTHERS = 20;

interface TrendRequest {
  Querystring: { project?: string; test?: string; profile?: string };
}

/** What the runs of a project say together. */
export async function trendRoutes(
  app: FastifyInstance,
  { store, config }: { store: Store; config: WebConfig },
) {
  app.get<TrendRequest>('/trend', { schema: { hide: true } }, async (request, reply) => {
    const { project = '', test, profile } = request.query;
    const all = await finishedRuns(store, project, MOST_RUNS);
    const [newest] = all;
    if (newest === undefined)
      throw new MarteauError('not-found', { what: `project ${project.slice(0, 200)}` });
    // Runs of different loads have no level in common: without a word, it is what the newest run did.
    const wanted: Load = {
      test: test === undefined ? newest.test : test || null,
      profile: test === undefined && profile === undefined ? newest.profile : profile || null,
    };
    const own = all.filter((run) => isSame(run, wanted));
    // In its sandbox the page has no origin, so its links have to be whole.
    const site = baseUrl(config, request);
    const runs = own.toReversed().map((run) => ({ run, url: `${site}/runs/${run.id}` }));
    const others = loadsOf(all).filter((load) => !isSame(load, wanted));
    return page(
      reply,
      renderTrend([projectName(newest), nameOf(wanted)].filter(Boolean).join(', '), runs, {
        project: `${site}/runs?project=${encodeURIComponent(project)}`,
        others: others.slice(0, MOST_OTHERS).map((load) => {
          const query = { project, test: load.test ?? '', profile: load.profile ?? '' };
          return {
            name: nameOf(load) || 'all of the script',
            href: `${site}/trend?${new URLSearchParams(query)}`,
          };
        }),
      }),
    );
  });
}

/** What runs have to share to be one trend. */
type Load = Pick<Run, 'test' | 'profile'>;

const isSame = (a: Load, b: Load): boolean => a.test === b.test && a.profile === b.profile;

/** Each once, the one that ran last before the others. */
function loadsOf(runs: readonly Load[]): Load[] {
  return runs.filter((run, i) => runs.findIndex((other) => isSame(run, other)) === i);
}

function nameOf({ test, profile }: Load): string {
  return [test, profile === null ? null : `profile ${profile}`].filter((part) => part !== null).join(', ');
}

/** A page that was written whole holds what strangers named: it is served as a report is. */
function page(reply: FastifyReply, html: string) {
  return reply.header('content-security-policy', REPORT_POLICY).type('text/html; charset=utf-8').send(html);
}
