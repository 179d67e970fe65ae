import { entry } from './entry.ts';

/** What can go wrong with the load tools of others. */
export const toolErrors = {
  'tool-missing': entry<{ tool: string; node: string; install: string }>(
    409,
    ({ tool, node, install }) =>
      `${tool} is not on ${node}: install it (${install}), or give the run a label of nodes that have it.`,
  ),
  'tool-load': entry<{ detail: string }>(422, ({ detail }) => detail),
  'tool-nodes': entry<{ tool: string; nodes: number }>(
    422,
    ({ tool, nodes }) =>
      `The own plan of ${tool} cannot be divided over ${nodes} nodes: each would run all of it. Write cycles or load into .marteau.yml, or nodes: 1.`,
  ),
  'tool-mode': entry<{ tool: string }>(
    422,
    ({ tool }) =>
      `${tool} cannot run its script once with every request shown. Start a run instead, with a small load.`,
  ),
  'tool-results-exist': entry<{ file: string }>(
    409,
    ({ file }) =>
      `The file ${file} exists already, so what the command writes into it could not be told from what is in it. Remove it.`,
  ),
  'tool-results-unusable': entry<{ file: string; why: string }>(
    422,
    ({ file, why }) => `The results in ${file} cannot be read: the file ${why}.`,
  ),
  'tool-setup-failed': entry<{ command: string; detail: string }>(
    422,
    ({ command, detail }) => `The command of setup \`${command}\` did not succeed: ${detail}.`,
  ),
  'tool-failed': entry<{ tool: string; how: string; said: string; wanted?: string | null }>(
    422,
    ({ tool, how, said, wanted = null }) =>
      `${tool} ended before anything was measured: ${how}.${wanted === null ? '' : ` ${wanted}`}${said && ` It said: ${said}`}`,
  ),
};
