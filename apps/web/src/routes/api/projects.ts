import { ForgeKind } from '@marteau/forge';
import { checkAddress, parseAddress } from '@marteau/source';
import { Project, type Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import type { WebConfig } from '../../config.ts';
import { knownProject } from '../../data/known-project.ts';
import { connectHook } from '../../hooks/connect-hook.ts';
import { forgeFor } from '../../hooks/forge-for.ts';
import { demandToRun } from '../../rights/rights.ts';
import { ofProject, signedIn } from '../../rights/rule.ts';
import { putIntoBin } from '../../runs/bin.ts';
import { baseUrl } from '../../server/base-url.ts';
import { Problem } from '../../server/problem.ts';

const { id, repo, createdAt } = Project.properties;
const ApiProject = Type.Object({ id, repo, url: Type.String({ description: 'the page of this project' }) });
const MadeProject = Type.Object({
  ...ApiProject.properties,
  hook: Type.Optional(
    Type.Object(
      {
        url: Type.String({ description: 'what the forge has to call' }),
        secret: Type.Optional(
          Type.String({ description: 'shown this once: enter it where the forge asks for it' }),
        ),
      },
      { description: 'made by an owner of the project' },
    ),
  ),
});
const OneProject = Type.Object({ ...ApiProject.properties, createdAt });
const ListedProject = Type.Object({ ...ApiProject.properties, runs: Type.Integer() });
const Page = Type.Object({
  projects: Type.Array(ListedProject),
  cursor: Type.Union([Type.String(), Type.Null()]),
});
const Body = Type.Object(
  {
    repo: Type.String({ minLength: 1, maxLength: 2048, description: 'the address of a git repository' }),
    forge: Type.Optional(
      Type.Object(
        {
          kind: ForgeKind,
          api: Type.Optional(
            Type.String({
              maxLength: 2048,
              description: 'the base address of its API; left out, it follows from the repository’s',
              examples: ['https://git.example.com/api/v3'],
            }),
          ),
        },
        {
          additionalProperties: false,
          description:
            'where the repository lies; left out, it is what its host is known to be, else `generic`',
        },
      ),
    ),
  },
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
        summary: 'Make the project of a repository with its hook; 200 when both are there',
        description:
          'Asked again with another `forge`, the hook is of that one, with the secret that it has.',
        body: Body,
        response: { 200: MadeProject, 201: MadeProject, ...wrong },
      },
    },
    async (request, reply) => {
      demandToRun(request.rights, parseAddress(request.body.repo).url);
      const address = await checkAddress(request.body.repo, config.sources);
      const { forge } = request.body;
      const given = forge && forgeFor(address.url, forge);
      const made = await store.projects.make(address.url);
      const project = { id: made.id, repo: address.url };
      const base = baseUrl(config, request);
      const url = `${base}/projects/${made.id}`;
      const connected = await connectHook(store, request, project, given);
      if (made.isNew || connected?.secret) reply.code(201).header('location', url);
      if (connected === null) return { ...project, url };
      const { secret } = connected;
      return { ...project, url, hook: { url: `${base}/hooks/${made.id}`, ...(secret && { secret }) } };
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

  app.delete<{ Params: { id: string } }>(
    '/api/v1/projects/:id',
    {
      ...ofProject('owner'),
      schema: {
        tags,
        summary:
          'Put a project with all its runs into the bin, from which it can be had back for thirty days',
        params: Type.Object({ id: Type.String() }),
        response: { 204: Type.Null(), ...wrong },
      },
    },
    async (request, reply) => {
      await putIntoBin(store, request, 'project', (await knownProject(store, request.params.id)).id);
      return reply.code(204).send();
    },
  );
}
