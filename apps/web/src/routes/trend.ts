import { badgeSvg, compare, renderComparison, renderTrend } from '@marteau/report';
import { MarteauError, type Results, type Run, readResults } from '@marteau/shared';
import type { Store } from '@marteau/store';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { knownRun } from '../known-run.ts';
import { inertPolicy, reportPolicy } from '../plugins/security-headers.ts';
import { projectName } from '../views/project.ts';

/** How far a trend looks back. */
const mostRuns = 400;
const pageSize = 200;

interface TrendRequest {
  Querystring: { project?: string; test?: string };
}

interface CompareRequest {
  Params: { id: string };
  Querystring: { with?: string };
}

interface BadgeRequest {
  Querystring: { project?: string; ref?: string };
}

/** What several runs say together: the trend of a project, two runs compared, the badge for a README. */
export async function trendRoutes(app: FastifyInstance, { store }: { store: Store }) {
  app.get<TrendRequest>('/trend', { schema: { hide: true } }, async (request, reply) => {
    const { project = '', test } = request.query;
    const all = await endedRuns(store, project, mostRuns);
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

  app.get<CompareRequest>('/runs/:id/compare', { schema: { hide: true } }, async (request, reply) => {
    const run = await knownRun(store, request.params.id);
    const other = request.query.with
      ? await knownRun(store, request.query.with)
      : await lastGoodBefore(store, run);
    if (other === null) throw new MarteauError('not-found', { what: 'earlier run of this test that passed' });
    const [before, after] = await Promise.all([resultsOf(store, other), resultsOf(store, run)]);
    return page(reply, renderComparison(compare([before], after), after.run));
  });

  app.get<BadgeRequest>('/badge.svg', { schema: { hide: true } }, async (request, reply) => {
    const { project = '', ref } = request.query;
    const runs = await endedRuns(store, project, pageSize);
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

/** Finished runs of a project, newest first. */
async function endedRuns(store: Store, project: string, most: number): Promise<Run[]> {
  const found: Run[] = [];
  let cursor: string | null = null;
  if (project === '') return found;
  do {
    const next = await store.runs.list({ state: 'finished', project, limit: pageSize, cursor });
    found.push(...next.runs);
    cursor = next.cursor;
  } while (cursor !== null && found.length < most);
  return found.slice(0, most);
}

/** The last run of the same test that passed before this one. */
async function lastGoodBefore(store: Store, run: Run): Promise<Run | null> {
  const runs = await endedRuns(store, run.project, pageSize);
  return runs.find(({ id, verdict, test }) => id < run.id && verdict === 'pass' && test === run.test) ?? null;
}

async function resultsOf(store: Store, run: Run): Promise<Results> {
  const text = await store.folders.of(run.id).text('results.json');
  if (text === null) throw new MarteauError('report-missing', { file: 'results.json' });
  return readResults(text);
}
