import { RunRequest, RunState, Verdict } from '@marteau/shared';
import { RunNotes, type Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import type { WebConfig } from '../../config.ts';
import type { Looker } from '../../look/looker.ts';
import { audit } from '../../rights/audit.ts';
import { ofRun, signedIn } from '../../rights/rule.ts';
import { putIntoBin } from '../../runs/bin.ts';
import { knownRun } from '../../runs/known-run.ts';
import { noteRun } from '../../runs/note-run.ts';
import { submit } from '../../runs/submit.ts';
import { nameOf, submitterOf } from '../../runs/submitter-of.ts';
import { searchIn } from '../../search/asked.ts';
import type { Search } from '../../search/search.ts';
import { baseUrl } from '../../server/base-url.ts';
import { Problem } from '../../server/problem.ts';
import { ApiRun, apiRuns } from './api-run.ts';

const Id = Type.Object({ id: Type.String() });
const Created = Type.Object({ id: Type.String(), state: RunState, url: Type.String() });
const Page = Type.Object({ runs: Type.Array(ApiRun), cursor: Type.Union([Type.String(), Type.Null()]) });
const Query = Type.Object({
  state: Type.Optional(RunState),
  project: Type.Optional(Type.String({ maxLength: 2048, description: 'normalised URL' })),
  q: Type.Optional(
    Type.String({
      maxLength: 500,
      description:
        'words of name, reason, commit, branch, note and tags; the last may be the beginning of one',
    }),
  ),
  verdict: Type.Optional(Verdict),
  ref: Type.Optional(Type.String({ maxLength: 255, description: 'branch, as it was submitted' })),
  commit: Type.Optional(Type.String({ pattern: '^[0-9a-fA-F]{1,40}$', description: 'its beginning' })),
  tag: Type.Optional(Type.String({ maxLength: 40 })),
  who: Type.Optional(Type.String({ maxLength: 100, description: 'who asked, as lists show it' })),
  since: Type.Optional(
    Type.String({ maxLength: 40, description: 'submitted from then on: ISO 8601, or a day' }),
  ),
  until: Type.Optional(Type.String({ maxLength: 40, description: 'submitted before' })),
  cursor: Type.Optional(Type.String({ maxLength: 200, description: 'from the page before' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
});
const NotesBody = Type.Object(
  {
    tags: Type.Optional(RunNotes.properties.tags),
    note: Type.Optional(RunNotes.properties.note),
  },
  { additionalProperties: false },
);
const Headers = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, description: 'makes it safe to repeat, for 24 hours' }),
  ),
});

interface OneRun {
  Params: Static<typeof Id>;
}

/** Runs: submit, list, look, cancel, run again, delete. */
export async function apiRunRoutes(
  app: FastifyInstance,
  services: { store: Store; config: WebConfig; looker: Looker; search: Search },
) {
  const { store, config, search } = services;
  const tags = ['runs'];
  const wrong = { '4xx': Problem, '5xx': Problem };

  app.post<{ Body: RunRequest; Headers: Static<typeof Headers> }>(
    '/api/v1/runs',
    {
      ...signedIn,
      schema: {
        tags,
        summary: 'Submit a run',
        headers: Headers,
        body: RunRequest,
        response: { 201: Created, ...wrong },
      },
    },
    async (request, reply) => {
      const run = await submit(services, request.body, {
        trigger: 'api',
        submitter: submitterOf(request, 'api'),
        name: nameOf(request),
        rights: await app.rightsToStart(request),
        idempotencyKey: request.headers['idempotency-key'],
      });
      await audit(store, request, 'run.submit', `run ${run.id}`, { after: run.project });
      const url = `${baseUrl(config, request)}/runs/${run.id}`;
      return reply.code(201).header('location', url).send({ id: run.id, state: run.state, url });
    },
  );

  app.get<{ Querystring: Static<typeof Query> }>(
    '/api/v1/runs',
    {
      ...signedIn,
      schema: {
        tags,
        summary: 'List runs, newest first; or those that all of this finds',
        querystring: Query,
        response: { 200: Page, ...wrong },
      },
    },
    async (request) => {
      const { limit = 50, cursor: from = null, ...asked } = request.query;
      const limits = { limit, cursor: from, among: request.rights.sees };
      const { query, isSearch } = searchIn(asked);
      const { state, project } = query;
      const { runs, cursor } = isSearch
        ? await search.find(query, limits)
        : await store.runs.list({ ...(state && { state }), ...(project && { project }), ...limits });
      return { runs: await apiRuns(store, runs, baseUrl(config, request)), cursor };
    },
  );

  app.get<OneRun>(
    '/api/v1/runs/:id',
    {
      ...ofRun('reader'),
      schema: { tags, summary: 'One run', params: Id, response: { 200: ApiRun, ...wrong } },
    },
    async (request) => {
      const run = await knownRun(store, request.params.id);
      const [answer] = await apiRuns(store, [run], baseUrl(config, request));
      return answer;
    },
  );

  for (const [action, summary] of [
    ['cancel', 'Cancel a run: ends it and throws its numbers away'],
    ['stop', 'Stop and report: ends the load now and judges what was recorded'],
  ] as const) {
    app.post<OneRun>(
      `/api/v1/runs/:id/${action}`,
      { ...ofRun('runner'), schema: { tags, summary, params: Id, response: { 200: Created, ...wrong } } },
      async (request) => {
        const { id } = await knownRun(store, request.params.id);
        const run = await (action === 'cancel'
          ? store.runs.cancel(id, submitterOf(request, 'api'))
          : store.runs.stopAndReport(id));
        return { id, state: run.state, url: `${baseUrl(config, request)}/runs/${id}` };
      },
    );
  }

  app.post<OneRun & { Headers: Static<typeof Headers> }>(
    '/api/v1/runs/:id/rerun',
    {
      ...ofRun('runner', 'submit'),
      schema: {
        tags,
        summary: 'Submit the same again',
        params: Id,
        headers: Headers,
        response: { 201: Created, ...wrong },
      },
    },
    async (request, reply) => {
      const before = await knownRun(store, request.params.id);
      const idempotencyKey = request.headers['idempotency-key'];
      const run = await store.runs.rerun(before.id, {
        submitter: submitterOf(request, 'api'),
        by: nameOf(request),
        ...(idempotencyKey && { idempotencyKey: `asked ${before.project} ${idempotencyKey}` }),
      });
      await audit(store, request, 'run.submit', `run ${run.id}`, { after: `${run.project}, again` });
      const url = `${baseUrl(config, request)}/runs/${run.id}`;
      return reply.code(201).header('location', url).send({ id: run.id, state: run.state, url });
    },
  );

  app.put<OneRun & { Body: Static<typeof NotesBody> }>(
    '/api/v1/runs/:id/notes',
    {
      ...ofRun('runner'),
      schema: {
        tags,
        summary: 'Replace what is said of a run: tags, by which it is found, and a note',
        params: Id,
        body: NotesBody,
        response: { 200: Type.Pick(RunNotes, ['tags', 'note', 'at', 'by']), ...wrong },
      },
    },
    async (request) => {
      const { tags: given = [], note = '' } = request.body;
      return noteRun(store, request, request.params.id, { tags: given, note });
    },
  );

  app.delete<OneRun>(
    '/api/v1/runs/:id',
    {
      ...ofRun('owner'),
      schema: {
        tags,
        summary: 'Put a run that ended into the bin, from which it can be had back for thirty days',
        params: Id,
        response: { 204: Type.Null(), ...wrong },
      },
    },
    async (request, reply) => {
      const { id } = await knownRun(store, request.params.id);
      await putIntoBin(store, request, 'run', id);
      return reply.code(204).send();
    },
  );
}
