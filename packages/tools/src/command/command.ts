import { join } from 'node:path';
import { formats } from '../formats/index.ts';
import { isConstant, loadVariables } from '../told-load.ts';
import type { Tool } from '../tool.ts';

/** Any command, in a shell: what it writes is read, or its requests are measured at the wire. */
export const command: Tool = {
  name: 'command',
  title: 'the command',
  program: null,
  isScript: () => false,
  ownPlan: () => ({ what: '', lengthMs: null, isOpen: false }),
  dividesOwnPlan: false,
  usesAllProcessors: true,
  refuses(stage) {
    if (!isConstant(stage))
      return 'a command is told one number of users or one rate, and none that rises: write several stages, as in cycles: 10:20:30';
    return null;
  },
  invoke({ runner, wdir, stage, target }) {
    const { results } = runner;
    return {
      file: '/bin/sh',
      args: ['-c', runner.command!],
      env: loadVariables(stage, target),
      output: results && {
        format: formats[results.format],
        file: results.file === null ? null : join(wdir, results.file),
      },
    };
  },
  exitMeans: (code) => (code === 127 ? 'the shell did not find a program of that name' : null),
};
