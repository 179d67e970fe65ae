import { compare, renderComparison } from '@marteau/report';
import { isSameTest, MarteauError, type Run } from '@marteau/shared';
import { goodRunsBefore, projectId, type Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import { finishedRuns } from '../data/finished-runs.ts';
import { resultsOf } from '../data/results.ts';
import { REPORT_POLICY } from '../plugins/security-headers.ts';
import { demand, type Rights } from '../rights/rights.ts';
import { ofRun } from '../rights/rule.ts';
import { knownRun } from '../runs/known-run.ts';
import { projectName } from '../views/project.ts';
import { runRows } from '../views/run-row.ts';

/** How many runs there are to choose from. */
const OFFERED = 100;

interface CompareRequest {
  Params: { id: string };
  Querystring: { with?: string };
}

/** Two runs beside each other, and the choice of the other one. */
export async function compareRoutes(app: FastifyInstance, { store }: { store: Store }) {
  /** One that whoever looks may see. */
  async function seenRun(id: string, rights: Rights): Promise<Run> {
    const run = await knownRun(store, id);
    demand(rights, projectId(run.project), { need: 'reader', scope: 'read' }, `run ${id.slice(0, 40)}`);
    return run;
  }

  app.get<CompareRequest>(
    '/runs/:id/compare',
    { ...ofRun('reader'), schema: { hide: true } },
    async (request, reply) => {
      const run = await knownRun(store, request.params.id);
      const other = request.query.with
        ? await seenRun(request.query.with, request.rights)
        : (await goodRunsBefore(store.runs, run, 1))[0];
      if (other === undefined)
        throw new MarteauError('not-found', { what: 'earlier run of this test that passed' });
      const [before, after] = await Promise.all([resultsOf(store, other), resultsOf(store, run)]);
      // Written whole, of what strangers named: it is served as a report is.
      return reply
        .header('content-security-policy', REPORT_POLICY)
        .type('text/html; charset=utf-8')
        .send(renderComparison(compare([before], after), [before], after));
    },
  );

  app.get<CompareRequest>(
    '/runs/:id/compare-with',
    { ...ofRun('reader'), schema: { hide: true } },
    async (request, reply) => {
      const run = await knownRun(store, request.params.id);
      const others = (await finishedRuns(store, run.project, OFFERED)).filter(
        (other) => other.id !== run.id && other.hasReport && other.verdict !== 'invalid',
      );
      const alike = others.filter((other) => isSameTest(other, run));
      const rows = runRows(alike.length > 0 ? alike : others, Date.now());
      return reply.page('pages/compare-with', {
        title: 'Compare with another run',
        run: { href: `/runs/${run.id}`, name: projectName(run) },
        rows: rows.map((row) => ({ ...row, href: `/runs/${run.id}/compare?with=${row.id}` })),
      });
    },
  );
}
