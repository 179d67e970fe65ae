import { entry } from './entry.ts';

/** What can go wrong with a script, and with the process that runs it as load. */
export const loadErrors = {
  'script-outside': entry<{ script: string }>(
    422,
    ({ script }) =>
      `The script ${script} lies outside of the repository. A path has to stay inside it, symbolic links followed.`,
  ),
  'script-threw': entry<{ where: string; message: string }>(
    422,
    ({ where, message }) => `The script threw at ${where} when it was loaded: ${message}`,
  ),
  'data-unusable': entry<{ name: string; file: string; why: string }>(
    422,
    ({ name, file, why }) =>
      `The data set '${name}' (${file}) cannot be used: ${why}. Check \`data\` in .marteau.yml.`,
  ),
  'traffic-unusable': entry<{ file: string; why: string }>(
    422,
    ({ file, why }) =>
      `The traffic in ${file} cannot be played: ${why}. Check \`load\` in .marteau.yml: a header line, and how many iterations start in each minute, a row for each.`,
  ),
  'timeout-short': entry<{ timeout: string; least: string }>(
    422,
    ({ timeout, least }) =>
      `\`timeout\` in .marteau.yml is ${timeout}, and the traffic that the file names needs ${least} with set-up and time to spare. Write at least that, or leave it out.`,
  ),
  'tls-ca-unusable': entry<{ file: string; why: string }>(
    422,
    ({ file, why }) =>
      `The certificates in ${file} cannot be used: ${why}. Check \`tls.ca\` in .marteau.yml.`,
  ),
  'script-empty': entry<{ script: string }>(
    422,
    ({ script }) =>
      `The script ${script} has no test that can be run. Declare one with \`test(name, fn)\` of node:test that is not skipped.`,
  ),
  'script-test-unknown': entry<{ test: string; known: string }>(
    422,
    ({ test, known }) =>
      `The script has no test '${test}'. It has: ${known}. Check \`test\` in .marteau.yml.`,
  ),
  'script-slow-to-load': entry<{ script: string; seconds: number; where: string }>(
    422,
    ({ script, seconds, where }) =>
      `The script ${script} was not loaded within ${seconds} s${where && `: it was ${where}`}. Look for an \`await\` at its top level that is never answered, or a loop without end.`,
  ),
  'script-exited': entry<{ how: string }>(
    422,
    ({ how }) =>
      `The script ended its own process: ${how}. Under load the users of one process share it, so a test may throw but not exit.`,
  ),
  'script-stuck': entry<{ where: string; seconds: number }>(
    422,
    ({ where, seconds }) =>
      `The script kept its thread busy for more than ${seconds} s without a pause, so no user of it could go on: ${where}. Look for a loop without end.`,
  ),
  'script-out-of-memory': entry<{ detail: string }>(
    422,
    ({ detail }) =>
      `The script ran out of memory (${detail}). Look for what it keeps from one iteration to the next.`,
  ),
  'stop-ignored': entry<{ seconds: number }>(
    422,
    ({ seconds }) =>
      `The load was told to stop and went on for ${seconds} s more, so it was ended and nothing of it is kept. Look for what in the script keeps its process from ending.`,
  ),
  'engine-lost': entry<{ detail: string }>(
    500,
    ({ detail }) =>
      `The process that generates the load ended without a result: ${detail}. Run it again; if it ends so again, look at the node's log and its memory.`,
    true,
  ),
  'engine-unusable': entry<{ detail: string }>(
    500,
    ({ detail }) =>
      `The process that generates the load handed in measurements that cannot be used: ${detail}. Only Marteau itself may write them: look for what in the script or its packages writes to the descriptors or the folder of its process.`,
  ),
};
