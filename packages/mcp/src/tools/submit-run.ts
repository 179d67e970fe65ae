import { Type } from 'typebox';
import { ToolMistake, tool } from '../tool.ts';

const PAGE = 200;
const MOST_PAGES = 20;

interface Projects {
  projects: { id: string; repo: string }[];
  cursor: string | null;
}

export const submitRun = tool({
  name: 'submit_run',
  description:
    'Put a run of a known project into the queue. The same key again is the same run. Load goes to the target that the file names; nothing but profile, cycles, duration, nodes and ref can be chosen.',
  readOnly: false,
  input: Type.Object(
    {
      project: Type.String({
        minLength: 1,
        maxLength: 2048,
        description: 'id or repository of a project that the server knows',
      }),
      ref: Type.Optional(
        Type.String({ maxLength: 255, description: 'branch, tag or commit; else the default branch' }),
      ),
      profile: Type.Optional(Type.String({ maxLength: 100 })),
      cycles: Type.Optional(
        Type.String({ maxLength: 200, description: 'users of each cycle', examples: ['1:5:10'] }),
      ),
      duration: Type.Optional(
        Type.String({ maxLength: 20, description: 'of each cycle', examples: ['30s'] }),
      ),
      nodes: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
      key: Type.String({
        minLength: 8,
        maxLength: 200,
        description: 'any text of your own; by it a call that is repeated starts nothing twice',
      }),
    },
    { additionalProperties: false },
  ),
  async call({ project, ref, profile, key, cycles, duration, nodes }, { api }) {
    let repo: string | undefined;
    let cursor: string | null = null;
    for (let page = 0; page < MOST_PAGES && repo === undefined; page++) {
      const query = new URLSearchParams({ limit: String(PAGE), ...(cursor && { cursor }) });
      const found: Projects = await api.call('GET', `/api/v1/projects?${query}`);
      repo = found.projects.find((one) => one.id === project || one.repo === project)?.repo;
      cursor = found.cursor;
      if (cursor === null) break;
    }
    if (repo === undefined) {
      throw new ToolMistake(
        'The server knows no such project, or does not show it to this key. A person makes it, by a first run or POST /api/v1/projects.',
      );
    }
    const overrides = {
      ...(cycles !== undefined && { cycles }),
      ...(duration !== undefined && { duration }),
      ...(nodes !== undefined && { nodes }),
    };
    const body = { repo, ...(ref && { ref }), ...(profile && { profile }), overrides };
    const made = await api.call<{ id: string; state: string; url: string }>('POST', '/api/v1/runs', body, {
      'idempotency-key': key,
    });
    return { lines: [`Run ${made.id} is ${made.state}. Page: ${made.url}`, 'wait_run waits for its end.'] };
  },
});
