import { MarteauError, type RunRequest } from '@marteau/shared';
import type { Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { WebConfig } from '../config.ts';
import type { Looker } from '../look/looker.ts';
import { audit } from '../rights/audit.ts';
import { signedIn } from '../rights/rule.ts';
import { readRunForm, runRequest } from '../runs/run-form.ts';
import { submit } from '../runs/submit.ts';
import { nameOf, submitterOf } from '../runs/submitter-of.ts';
import { Problem } from '../server/problem.ts';
import { sameSitePath } from '../server/same-site-path.ts';

const Text = Type.Optional(Type.String({ maxLength: 4096 }));

const Body = Type.Object(
  {
    repo: Type.Optional(Type.String({ maxLength: 2048, description: 'required' })),
    cycles: Text,
    duration: Text,
    nodes: Text,
    test: Text,
    script: Text,
    fixture_plugin: Type.Optional(
      Type.String({
        maxLength: 4096,
        description: 'class of a fixture; each fixture_NAME is an argument of it',
      }),
    ),
    redirect_url: Type.Optional(
      Type.String({ maxLength: 2048, description: 'where to go on to; a path of this server' }),
    ),
    api_call: Type.Optional(Type.String({ maxLength: 16, description: 'with it, the answer is JSON' })),
  },
  { additionalProperties: Text },
);

const schema = {
  tags: ['2012'],
  summary: 'Submit a run, as in 2012',
  consumes: ['application/x-www-form-urlencoded'],
  body: Body,
  response: { 200: Type.Object({ job_id: Type.String() }), '4xx': Problem, '5xx': Problem },
};

/** The API of the first Marteau: a form in, a job's id or a redirect out. */
export async function formApiRoutes(
  app: FastifyInstance,
  services: { store: Store; config: WebConfig; looker: Looker },
) {
  app.post<{ Body: Record<string, string> }>('/test', { ...signedIn, schema }, async (request, reply) => {
    const { body } = request;
    const redirectUrl = body.redirect_url ?? '';
    const onward = redirectUrl === '' ? null : sameSitePath(redirectUrl);
    if (redirectUrl !== '' && onward === null) {
      throw new MarteauError('bad-redirect', { url: redirectUrl.slice(0, 200) });
    }
    const run = await submit(services, withChaosOf2012(runRequest(readRunForm(body)), body), {
      trigger: 'api',
      submitter: submitterOf(request, 'api'),
      name: nameOf(request),
      rights: await app.rightsToStart(request),
    });
    await audit(services.store, request, 'run.submit', `run ${run.id}`, { after: run.project });
    if (body.api_call) return { job_id: run.id };
    return reply.redirect(onward ?? `/runs/${run.id}`, 303);
  });
}

const PREFIX = 'fixture_';

/** `fixture_plugin` names the class, and each other `fixture_NAME` is an argument of it. */
function withChaosOf2012(request: RunRequest, body: Record<string, string>): RunRequest {
  const plugin = body.fixture_plugin?.trim();
  if (!plugin) return request;
  const given = Object.entries(body).filter(
    ([name, value]) => name.startsWith(PREFIX) && name !== 'fixture_plugin' && value !== '',
  );
  const fixture = {
    class: plugin,
    arguments: Object.fromEntries(given.map(([name, value]) => [name.slice(PREFIX.length), value])),
  };
  return { ...request, overrides: { ...request.overrides, fixtures: { form: fixture } } };
}
