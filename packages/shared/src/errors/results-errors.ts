import { entry } from './entry.ts';

/** What can be wrong with a results.json that somebody hands in. */
export const resultsErrors = {
  'results-unreadable': entry<{ path: string; detail: string }>(
    404,
    ({ path, detail }) =>
      `There is no results.json to read at ${path} (${detail}). Give the path of one; the run's page has it for download.`,
  ),
  'results-not-json': entry<{ detail: string }>(
    422,
    ({ detail }) =>
      `This is not a results.json: it is not JSON (${detail}). The file may have been cut off; download it again from the run's page.`,
  ),
  'results-not-ours': entry(
    422,
    () =>
      'This is JSON, but not the results of a Marteau run: it has no "schema": "marteau.results/1". Give the results.json of a run.',
  ),
  'results-other-version': entry<{ found: string; known: string }>(
    422,
    ({ found, known }) =>
      `These results have the version ${found}, and this Marteau reads ${known}. Update Marteau, or use the one that wrote them.`,
  ),
  'results-damaged': entry<{ where: string; detail: string }>(
    422,
    ({ where, detail }) =>
      `This results.json is damaged at ${where}: it ${detail}. Download it again from the run's page, or run the test again.`,
  ),
  'results-too-large': entry<{ megabytes: number; limit: number }>(
    413,
    ({ megabytes, limit }) =>
      `This results.json has ${megabytes} MB, and Marteau reads at most ${limit} MB. No run writes one so large: check that it is the right file.`,
  ),
};
