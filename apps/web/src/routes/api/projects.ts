import { checkAddress, parseAddress } from '@marteau/source';
import { Project, type Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import type { WebConfig } from '../../config.ts';
import { knownProject } from '../../data/known-project.ts';
import { demandToRun } from '../../rights/rights.ts';
import { ofProject, signedIn } from '../../rights/rule.ts';
import { baseUrl } from '../../server/base-url.ts';
import { Problem } from '../../server/problem.ts';

const { id, repo, createdAt } = Project.properties;
const ApiProject = Type.Object({ id, repo, url: Type.String({ description: 'the page of this project' }) });
const OneProject = Type.Object({ ...ApiProject.properties, createdAt });
const ListedProject = Type.Object({ ...ApiProject.properties, runs: Type.Integer() });
const Page = Type.Object({
  projects: Type.Array(ListedProject),
  cursor: Type.Union([Type.String(), Type.Null()]),
});
const Body = Type.Object(
  { repo: Type.String({ minLength: 1, maxLength: 2048, description: 'the address of a git repository' }) },
  { additionalProperties: false },
);
const Query = Type.Object({
  cursor: Type.Optional(Type.String({ maxLength: 200, description: 'from the page before' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
});

/** Projects: make, list, look. */
export async function apiProjectRoutes(
  app: FastifyInstance,
  { store, config }: { store: Store; config: WebConfig },
) {
  const tags = ['projects'];
  const wrong = { '4xx': Problem, '5xx': Problem };

  app.post<{ Body: Static<typeof Body> }>(
    '/api/v1/projects',
    {
      ...signedIn,
      schema: {
        tags,
        summary: 'Make the project of a repository, as its first run does; 200 when it is there',
        body: Body,
        response: { 200: ApiProject, 201: ApiProject, ...wrong },
      },
    },
    async (request, reply) => {
      demandToRun(request.rights, parseAddress(request.body.repo).url);
      const address = await checkAddress(request.body.repo, config.sources);
      const made = await store.projects.make(address.url);
      const url = `${baseUrl(config, request)}/projects/${made.id}`;
      if (made.isNew) reply.code(201).header('location', url);
      return { id: made.id, repo: address.url, url };
    },
  );

  app.get<{ Querystring: Static<typeof Query> }>(
    '/api/v1/projects',
    {
      ...signedIn,
      schema: {
        tags,
        summary: 'List projects, the most recently used first',
        querystring: Query,
        response: { 200: Page, ...wrong },
      },
    },
    async (request) => {
      const { limit = 50, cursor = null } = request.query;
      const page = await store.projects.list({ limit, cursor, among: request.rights.sees });
      const base = `${baseUrl(config, request)}/projects`;
      return {
        projects: page.projects.map((entry) => ({
          id: entry.id,
          repo: entry.project,
          url: `${base}/${entry.id}`,
          runs: entry.runs,
        })),
        cursor: page.cursor,
      };
    },
  );

  app.get<{ Params: { id: string } }>(
    '/api/v1/projects/:id',
    {
      ...ofProject('reader'),
      schema: {
        tags,
        summary: 'One project',
        params: Type.Object({ id: Type.String() }),
        response: { 200: OneProject, ...wrong },
      },
    },
    async (request) => {
      const project = await knownProject(store, request.params.id);
      const url = `${baseUrl(config, request)}/projects/${project.id}`;
      return { id: project.id, repo: project.repo, url, createdAt: project.createdAt };
    },
  );
}
