import { entry } from './entry.ts';

/** What can go wrong with tapes and those who record and replay them. Each sentence is written where the mistake is found. */
export const replayErrors = {
  'tape-wrong': entry<{ sentence: string }>(400, ({ sentence }) => sentence),
  'tape-busy': entry<{ file: string; pid: number }>(
    409,
    ({ file, pid }) =>
      `${file} is being recorded by process ${pid}. Stop that one, or record into another file; two recorders would tear it.`,
    true,
  ),
  'replay-wrong': entry<{ sentence: string }>(400, ({ sentence }) => sentence),
  'replay-not-listening': entry<{ where: string; detail: string }>(
    500,
    ({ where, detail }) => `Nothing can listen on ${where}: ${detail}.`,
  ),
};
