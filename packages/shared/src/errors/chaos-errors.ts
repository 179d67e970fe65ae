import { entry } from './entry.ts';

/** What can go wrong with a chaos proxy and those who control it. Each sentence is written where the mistake is found. */
export const chaosErrors = {
  'chaos-wrong': entry<{ sentence: string }>(400, ({ sentence }) => sentence),
  'chaos-refused': entry<{ sentence: string }>(403, ({ sentence }) => sentence),
  'chaos-unknown': entry<{ sentence: string }>(404, ({ sentence }) => sentence),
  'chaos-taken': entry<{ sentence: string }>(409, ({ sentence }) => sentence),
  'chaos-not-listening': entry<{ where: string; detail: string }>(
    500,
    ({ where, detail }) => `The proxy cannot listen on ${where}: ${detail}.`,
  ),
  'chaos-control-failed': entry<{ where: string; detail: string }>(
    502,
    ({ where, detail }) => `The proxy at ${where} did not do what it was asked: ${detail}.`,
    true,
  ),
};
