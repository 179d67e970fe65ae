import { entry } from './entry.ts';

/** What nodes refuse, and what refuses nodes. */
export const nodeErrors = {
  'no-fork-node': entry(
    409,
    () =>
      'Pull requests from forks run on nodes for strangers only: contained, with the label trust=forks, and without secrets. There is none here; docs/guide/continuous.md says how to start one.',
  ),
  'node-version': entry<{
    part: 'Marteau' | 'Node.js';
    version: string;
    others: string;
    node: string;
    numbers: number;
  }>(409, ({ part, version, others, node, numbers }) => {
    const fit =
      numbers === 1
        ? 'the first number of the version must be the same'
        : 'the second number of the version may differ by one';
    return `This worker is ${part} ${version}, and the node ${node} of this installation runs ${others}: their measurements would not fit together. Bring all machines to one version (${fit}), then start it again.`;
  }),
  'servers-apart': entry<{ server: string; own: string }>(
    409,
    ({ server, own }) =>
      `A web of this Redis is there and keeps runs in ${server}, and this one would keep them in ${own}: each would find half of them. Set MARTEAU_DATA to the same folder, MARTEAU_FOLDERS to one bucket for both, or give this one a Redis of its own.`,
  ),
  'folders-elsewhere': entry<{ server: string; own: string }>(
    409,
    ({ server, own }) =>
      `This worker keeps runs in ${own}, and the server in ${server}: it would find no project there, and nobody its reports. Set MARTEAU_DATA to the server's data folder as this machine mounts it, or MARTEAU_FOLDERS to one bucket for the server and all workers.`,
  ),
  'node-disk-full': entry<{ node: string }>(
    507,
    ({ node }) =>
      `The disk of the node ${node} is full, so what the run needs there could not be written. Free space in its folder for temporary files (TMPDIR), then run it again.`,
    true,
  ),
  'disk-used-up': entry<{ node: string; what: string }>(
    507,
    ({ node, what }) =>
      `The run’s programs used up ${what} of the disk of the node ${node}, and were ended. MARTEAU_RUN_DISK_GB on the node says how much a run may have.`,
  ),
  'limits-exceeded': entry<{ why: string; detail: string }>(507, ({ why, detail }) => `${why} ${detail}`),
  'node-not-free': entry<{ name: string; state: string }>(
    409,
    ({ name, state }) =>
      `The node ${name} is ${state}, so it cannot be tested now. Wait until it is idle, then press the button again.`,
    true,
  ),
};
