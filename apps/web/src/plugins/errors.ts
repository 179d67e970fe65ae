import { randomBytes } from 'node:crypto';
import { isMarteauError, MarteauError } from '@marteau/shared';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { WebMeters } from '../meters/meters.ts';
import { problem, problemTitle } from '../server/problem.ts';
import { sameSitePath } from '../server/same-site-path.ts';

/** Every error becomes problem details for programs and a page with the same sentence for people. */
export const errors = fp<{ meters: Pick<WebMeters, 'failed'> }>(async (app, { meters }) => {
  const answer = (error: MarteauError, request: FastifyRequest, reply: FastifyReply) => {
    meters.failed(error.code);
    return tell(error, request, reply);
  };
  app.setErrorHandler((thrown: FastifyError, request, reply) =>
    answer(known(thrown, request), request, reply),
  );
  app.setNotFoundHandler((request, reply) =>
    answer(new MarteauError('no-such-page', { path: pathOf(request).slice(0, 200) }), request, reply),
  );
});

/** Whatever was thrown, as an error of the catalogue. A defect of ours is logged under a number that people can tell. */
function known(thrown: FastifyError, request: FastifyRequest): MarteauError {
  if (isMarteauError(thrown)) return thrown;
  if (thrown.validation) return new MarteauError('bad-request', { detail: invalidSentence(thrown) });
  const { statusCode = 500 } = thrown;
  if (statusCode === 413) return new MarteauError('body-too-large', {});
  if (statusCode === 415) return new MarteauError('body-of-another-kind', {});
  if (statusCode >= 400 && statusCode < 500) {
    return new MarteauError('bad-request', { detail: `${thrown.message.replace(/\.?$/, '.')}` });
  }
  const id = randomBytes(4).toString('hex');
  request.log.error({ err: thrown, defect: id }, 'a defect');
  return new MarteauError('internal', { id });
}

/** 'body/overrides must be object' → 'The request is not right: overrides must be object.' */
function invalidSentence(thrown: FastifyError): string {
  const mistakes = (thrown.validation ?? []).map(({ instancePath, message, params }) => {
    const where = instancePath.slice(1).replaceAll('/', '.') || thrown.validationContext || 'the request';
    const extra = 'additionalProperties' in params ? ` (${String(params.additionalProperties)})` : '';
    return `${where} ${message ?? 'is wrong'}${extra}`;
  });
  return `The request is not right: ${mistakes.join('; ')}. The fields are described at /api/docs.`;
}

function tell(error: MarteauError, request: FastifyRequest, reply: FastifyReply) {
  // What the other side of a look did wrong is news for whoever asked alone.
  if (error.status >= 500 && error.status !== 502 && error.code !== 'internal') {
    request.log.warn({ code: error.code }, error.message);
  }
  reply.code(error.status);
  if (error.status === 503) reply.header('retry-after', '5');
  if (!wantsPage(request)) {
    if (error.code === 'access-denied') reply.header('www-authenticate', 'Bearer');
    return reply.type('application/problem+json').send(JSON.stringify(problem(error)));
  }
  if (error.code === 'access-denied') {
    const to = request.method === 'GET' ? request.url : '/';
    return reply.redirect(`/sign-in?to=${encodeURIComponent(to)}`, 303);
  }
  if (error.code === 'prove-again') {
    // What was sent with a form is not kept: it may be a secret.
    const back = request.method === 'GET' ? request.url : (request.headers.referer ?? '');
    const to = sameSitePath(URL.parse(back)?.pathname ?? back) ?? '/';
    if (request.method === 'GET') return reply.redirect(`/sign-in?again=1&to=${encodeURIComponent(to)}`, 303);
    const look = { name: 'Sign in once more', href: `/sign-in?again=1&to=${encodeURIComponent(to)}` };
    return reply.page('pages/message', { ...messageView(error), links: [look] });
  }
  return reply.page('pages/message', messageView(error));
}

/** As it was asked, also where it could not be read. */
function pathOf(request: FastifyRequest): string {
  return request.originalUrl.split('?', 1)[0] ?? '/';
}

function wantsPage(request: FastifyRequest): boolean {
  const path = pathOf(request);
  if (path.startsWith('/api/') && path !== '/api/docs') return false;
  return (request.headers.accept ?? '').includes('text/html');
}

function messageView(error: MarteauError) {
  const links = [
    { name: 'Runs', href: '/' },
    { name: 'New run', href: '/new' },
    { name: 'Guide', href: '/docs' },
  ];
  return {
    title: problemTitle(error.status),
    sentence: error.message,
    code: error.status >= 500 ? error.code : '',
    kind: error.status >= 500 ? 'own' : '',
    links,
  };
}
