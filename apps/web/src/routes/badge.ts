import { badgeSvg } from '@marteau/report';
import { projectId, type Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import { finishedRuns } from '../data/finished-runs.ts';
import { INERT_POLICY } from '../plugins/security-headers.ts';
import { demand } from '../rights/rights.ts';
import { open } from '../rights/rule.ts';

/** How many runs of all branches a badge looks through for the last one of its own. */
const MOST_RUNS = 200;

interface BadgeRequest {
  Querystring: { project?: string; ref?: string; key?: string };
}

/**
 * The last verdict of a project or branch, for a README. Who reads a README has no access token: the key of the project
 * opens its badge, and nothing else. Registered outside of what asks for the token.
 */
export async function badgeRoute(app: FastifyInstance, { store }: { store: Store }) {
  app.get<BadgeRequest>('/badge.svg', { ...open, schema: { hide: true } }, async (request, reply) => {
    const { project = '', ref, key } = request.query;
    const invited = key !== undefined && (await store.links.verifyBadge(project, key));
    if (!invited) {
      await app.authorize(request, reply, 'signed-in');
      demand(request.rights, projectId(project), { need: 'reader', scope: 'read' }, 'such project');
    }
    const runs = await finishedRuns(store, project, MOST_RUNS);
    const last = runs.find((run) => ref === undefined || run.ref === ref);
    const name = ref === undefined ? {} : { name: ref.slice(0, 60) };
    const svg = badgeSvg({ verdict: last?.verdict ?? null, summary: last?.summary ?? null, ...name });
    return reply
      .headers({
        'content-security-policy': INERT_POLICY,
        // It is shown in pages of other sites, and has to be asked for again each time.
        'cross-origin-resource-policy': 'cross-origin',
        'cache-control': 'no-cache, max-age=0',
      })
      .type('image/svg+xml')
      .send(svg);
  });
}
