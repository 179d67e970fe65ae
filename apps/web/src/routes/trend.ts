import { renderTrend } from '@marteau/report';
import { MarteauError, protocolOf, type Run } from '@marteau/shared';
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
  Querystring: { project?: string; test?: string; profile?: string; load?: string };
}

/** What the runs of a project say together. */
export async function trendRoutes(
  app: FastifyInstance,
  { store, config }: { store: Store; config: WebConfig },
) {
  app.get<TrendRequest>('/trend', { schema: { hide: true } }, async (request, reply) => {
    const { project = '', test, profile, load } = request.query;
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
    const wanted: Load = { ...asked, load: load ?? (last ? loadOf(last) : ''), at: '' };
    const loads = all.map((run) => ({ ...run, load: loadOf(run), at: run.submittedAt }));
    const own = loads.filter((run) => isSame(run, wanted));
    // In its sandbox the page has no origin, so its links have to be whole.
    const site = baseUrl(config, request);
    const runs = own.toReversed().map((run) => ({ run, url: `${site}/runs/${run.id}` }));
    const others = loadsOf(loads).filter((other) => !isSame(other, wanted));
    return page(
      reply,
      renderTrend([projectName(newest), nameOf(wanted)].filter(Boolean).join(', '), runs, {
        project: `${site}/runs?project=${encodeURIComponent(project)}`,
        others: others.slice(0, MOST_OTHERS).map((other) => {
          const query = {
            project,
            test: other.test ?? '',
            profile: other.profile ?? '',
            load: other.load,
          };
          const isTwin = [wanted, ...others].some((one) => one !== other && nameOf(one) === nameOf(other));
          return {
            name: `${nameOf(other) || 'all of the script'}${isTwin ? `, the load of ${other.at.slice(0, 10)}` : ''}`,
            href: `${site}/trend?${new URLSearchParams(query)}`,
          };
        }),
      }),
    );
  });
}

/** What runs have to share to be one trend, and when the last of them was submitted. */
type Load = Pick<Run, 'test' | 'profile'> & { load: string; at: string };

/** Of runs of 0.1.0 it is not known which load they were of: they are of any, but where an override says another. */
function isSame(a: Load, b: Load): boolean {
  const isSameLoad = a.load === b.load || a.load === '' || b.load === '';
  return a.test === b.test && a.profile === b.profile && isSameLoad;
}

function loadOf({ summary, overrides, target }: Run): string {
  if (summary?.load !== undefined) return summary.load;
  return Object.keys(overrides).length > 0 ? JSON.stringify([protocolOf(target), overrides]) : '';
}

/** Each once, the one that ran last before the others. */
function loadsOf(runs: readonly Load[]): Load[] {
  const keys = runs.map(({ test, profile, load }) => JSON.stringify([test, profile, load]));
  return runs.filter((_, i) => keys.indexOf(keys[i]!) === i);
}

function nameOf({ test, profile }: Pick<Load, 'test' | 'profile'>): string {
  return [test, profile === null ? null : `profile ${profile}`].filter((part) => part !== null).join(', ');
}

/** A page that was written whole holds what strangers named: it is served as a report is. */
function page(reply: FastifyReply, html: string) {
  return reply.header('content-security-policy', REPORT_POLICY).type('text/html; charset=utf-8').send(html);
}
