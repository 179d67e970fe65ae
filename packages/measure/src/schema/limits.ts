/**
 * How much of each thing one share may hand in: far above what an engine of ours ever does, and few enough that whoever
 * reads it is not kept from its work.
 */
export const most = {
  notes: 50,
  labels: 2_000,
  stages: 500,
  /** Intervals of a series, windows, readings. */
  points: 1_200,
  /** Outcomes of a request, phases, what is told of a peer. */
  kinds: 1_000,
  /** Limits of the generator, hosts, recordings, threads. */
  parts: 1_024,
  /** Characters of a note, of a sentence. */
  text: 2_000,
} as const;
