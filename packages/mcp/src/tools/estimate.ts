import { countOf } from '@marteau/shared';
import { Type } from 'typebox';
import { tool } from '../tool.ts';

interface Look {
  commit: string;
  found: boolean;
  problems: { line: number | null; what: string; fix: string }[];
  summary: string | null;
  profiles: string[];
  thresholds: string[];
  target: string;
}

export const estimate = tool({
  name: 'estimate',
  description:
    'Look at a repository without running it: what its .marteau.yml amounts to (how long, how many users, on how many nodes), its profiles and thresholds, or its mistakes.',
  readOnly: true,
  input: Type.Object(
    {
      repo: Type.String({ minLength: 1, maxLength: 2048, description: 'address of the repository' }),
      ref: Type.Optional(Type.String({ maxLength: 255, description: 'branch, tag or commit' })),
      profile: Type.Optional(Type.String({ maxLength: 100 })),
    },
    { additionalProperties: false },
  ),
  async call(given, { api }) {
    const look = await api.call<Look>('POST', '/api/v1/look', given);
    if (!look.found) return { lines: [`There is no .marteau.yml at ${look.commit.slice(0, 12)}.`] };
    const lines =
      look.summary === null
        ? [`The file has ${countOf(look.problems.length, 'mistake')} at ${look.commit.slice(0, 12)}.`]
        : [`At ${look.commit.slice(0, 12)}: ${look.summary}.`];
    const { problems, profiles, thresholds, target } = look;
    return { lines, foreign: { problems, profiles, thresholds, target } };
  },
});
