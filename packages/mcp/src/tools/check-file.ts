import { describePlan, parseFileOffThread, renderProblems, resolveFile } from '@marteau/file';
import { countOf } from '@marteau/shared';
import { Type } from 'typebox';
import { tool } from '../tool.ts';

export const checkFile = tool({
  name: 'check_file',
  description:
    'Check the text of a .marteau.yml without running anything: every mistake with its line and what would be right, or what the file amounts to.',
  readOnly: true,
  input: Type.Object(
    {
      text: Type.String({ maxLength: 65_536, description: 'the text of the file' }),
      profile: Type.Optional(Type.String({ maxLength: 100, description: 'a profile of the file' })),
    },
    { additionalProperties: false },
  ),
  async call({ text, profile }) {
    const parsed = await parseFileOffThread(text);
    const { file, problems } =
      parsed.file === null ? parsed : resolveFile(parsed.file, { profile: profile ?? null });
    if (file === null || !('thresholds' in file)) {
      return {
        lines: [`The file has ${countOf(problems.length, 'mistake')}.`],
        foreign: renderProblems(problems),
      };
    }
    return { lines: [`No mistakes. ${describePlan(file)}.`] };
  },
});
