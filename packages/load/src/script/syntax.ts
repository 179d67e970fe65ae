import { spawnSync } from 'node:child_process';

/** Where a file has a mistake of syntax, as `PATH:LINE` and the line; V8 tells nobody but who prints the error. */
export function placeOfMistake(file: string): string {
  const { stderr } = spawnSync(process.execPath, ['--check', file], {
    encoding: 'utf8',
    timeout: 5000,
    env: {},
  });
  return stderr ?? '';
}
