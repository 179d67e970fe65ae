/** How much of its processor time a function took itself, of one finished iteration, before and after. */
export interface FrameDelta {
  readonly frame: string;
  /** ms of one iteration */
  readonly before: number;
  readonly after: number;
}

export interface Profiled {
  /** Folded stacks, `outer;inner 12` a line; a sample is a millisecond. */
  readonly folded: string;
  /** Iterations that finished while it was sampled. */
  readonly iterations: number;
}

/** The functions whose own time changed most, by how much. @param most so many */
export function diffProfiles(before: Profiled, after: Profiled, most = 20): FrameDelta[] {
  const [one, other] = [selfTimes(before), selfTimes(after)];
  return [...new Set([...one.keys(), ...other.keys()])]
    .map((frame) => ({ frame, before: one.get(frame) ?? 0, after: other.get(frame) ?? 0 }))
    .filter((delta) => delta.before !== delta.after)
    .toSorted((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before))
    .slice(0, most);
}

function selfTimes({ folded, iterations }: Profiled): Map<string, number> {
  const times = new Map<string, number>();
  for (const line of folded.split('\n')) {
    const at = line.lastIndexOf(' ');
    const count = Number(line.slice(at + 1));
    if (at <= 0 || !Number.isFinite(count)) continue;
    const frame = line.slice(line.lastIndexOf(';', at) + 1, at);
    times.set(frame, (times.get(frame) ?? 0) + count / Math.max(1, iterations));
  }
  return times;
}
