/** Says how far a long work has come, now and then. */
export type Progress = (sentence: () => string) => void;

const EVERY_MS = 5000;

/** @param now ms */
export function createProgress(
  say: (line: string) => void,
  now: () => number = performance.now.bind(performance),
): Progress {
  let last = now();
  return (sentence) => {
    if (now() - last < EVERY_MS) return;
    last = now();
    say(sentence());
  };
}
