import type { Run } from '@marteau/shared';

/** Bytes of JSON that stay of an ended run; with keys and indexes it is below 2 KB. */
const PAST_LIMIT = 1250;

/** What stays in Redis of an ended run: the record, its long and least asked for parts cut until it is short. */
export type Past = Run & {
  /** Parts are missing: run.json in the folder has them all. */
  cut?: true;
};

const LONG = 160;
const shorten = (text: string): string => (text.length > LONG ? `${text.slice(0, LONG - 1)}…` : text);
const shortenOrNull = (text: string | null): string | null => (text === null ? null : shorten(text));

const everySecond = (points: number[]): number[] => points.filter((_, i) => i % 2 === 0);

/** From the least asked for. What is shortened here is what lists do not need in full. */
const cuts: ((run: Past) => Past)[] = [
  (run) => ({ ...run, summary: run.summary && { ...run.summary, spark: run.summary.spark.map(Math.round) } }),
  ({ consent: _, ...run }) => run,
  (run) => ({ ...run, overrides: {} }),
  (run) => ({
    ...run,
    deliveries: run.deliveries.map((delivery) => ({ ...delivery, detail: shorten(delivery.detail) })),
  }),
  (run) => ({ ...run, timeline: run.timeline.slice(-1) }),
  (run) => ({
    ...run,
    commitSubject: shortenOrNull(run.commitSubject),
    commitAuthor: shortenOrNull(run.commitAuthor),
  }),
  (run) => ({
    ...run,
    reason: shortenOrNull(run.reason),
    target: shortenOrNull(run.target),
    test: shortenOrNull(run.test),
  }),
  (run) => ({ ...run, deliveries: [] }),
  // Lists draw it, so it goes late, and by half first.
  (run) => ({ ...run, summary: run.summary && { ...run.summary, spark: everySecond(run.summary.spark) } }),
  (run) => ({ ...run, summary: run.summary && { ...run.summary, spark: [] } }),
  (run) => ({ ...run, repo: shorten(run.repo), ref: shortenOrNull(run.ref) }),
  (run) => ({
    ...run,
    name: shortenOrNull(run.name),
    profile: shortenOrNull(run.profile),
    email: shortenOrNull(run.email),
  }),
  (run) => ({ ...run, commitSubject: null, commitAuthor: null, test: null, target: null, phase: null }),
];

/** The entry of an ended run, as the JSON that is stored. */
export function writePast(run: Run): string {
  let past: Past = { ...run };
  delete past.cut;
  let json = JSON.stringify(past);
  for (const cut of cuts) {
    if (Buffer.byteLength(json) <= PAST_LIMIT) break;
    past = { ...cut(past), cut: true };
    json = JSON.stringify(past);
  }
  return json;
}
