import { readHistograms, timesAt } from '@marteau/measure';
import type { TickEvent } from '@marteau/shared';

/** One second of all shares, and what each of them did in it. */
export interface MergedTick extends TickEvent {
  shares: Pick<TickEvent, 'share' | 'requests' | 'cpu' | 'location'>[];
  /** The same of each location of the file, where it names some. */
  locations?: ({ name: string } & Pick<TickEvent, 'requests' | 'errors' | 'p50' | 'p95' | 'p99'>)[];
}

/**
 * One second of all shares: counts are added, percentiles come from the merged histogram, and of the generators' health
 * the worst is kept. What each share did stays beside it, to see one that lags.
 * @param ticks of one second, at least one
 */
export function mergeTick(ticks: readonly TickEvent[]): MergedTick {
  const first = ticks[0]!;
  const sum = (field: (tick: TickEvent) => number) => ticks.reduce((total, tick) => total + field(tick), 0);
  const highest = (field: (tick: TickEvent) => number) => Math.max(...ticks.map(field));
  const { location: _, ...common } = first;
  const locations = locationsOf(ticks);
  return {
    ...common,
    at: highest((tick) => tick.at),
    share: 0,
    step: highest((tick) => tick.step),
    recording: ticks.some((tick) => tick.recording),
    users: sum((tick) => tick.users),
    requests: sum((tick) => tick.requests),
    errors: sum((tick) => tick.errors),
    iterations: sum((tick) => tick.iterations),
    failures: sum((tick) => tick.failures),
    bytesIn: sum((tick) => tick.bytesIn),
    ...streamed(ticks),
    cpu: highest((tick) => tick.cpu),
    loopDelay: highest((tick) => tick.loopDelay),
    ...percentiles(ticks),
    max: highest((tick) => tick.max),
    histogram: '',
    shares: ticks
      .map(({ share, requests, cpu, location }) => ({
        share,
        requests,
        cpu,
        ...(location !== undefined && { location }),
      }))
      .sort((a, b) => a.share - b.share),
    ...(locations.length > 0 && { locations }),
  };
}

function locationsOf(ticks: readonly TickEvent[]): NonNullable<MergedTick['locations']> {
  const names = [...new Set(ticks.flatMap(({ location }) => location ?? []))].sort();
  return names.map((name) => {
    const own = ticks.filter(({ location }) => location === name);
    const sum = (field: 'requests' | 'errors') => own.reduce((total, tick) => total + tick[field], 0);
    return { name, requests: sum('requests'), errors: sum('errors'), ...percentiles(own) };
  });
}

/** Where no share has any, nothing is said of them. Of several shares' round trips the slowest speaks for all. */
function streamed(
  ticks: readonly TickEvent[],
): Pick<TickEvent, 'streams' | 'sent' | 'received' | 'roundTrip'> {
  const own = ticks.filter(({ streams }) => streams !== undefined);
  if (own.length === 0) return {};
  const sum = (name: 'streams' | 'sent' | 'received') =>
    own.reduce((total, tick) => total + (tick[name] ?? 0), 0);
  const trips = own.flatMap(({ roundTrip }) => roundTrip ?? []);
  return {
    streams: sum('streams'),
    sent: sum('sent'),
    received: sum('received'),
    ...(trips.length > 0 ? { roundTrip: Math.max(...trips) } : {}),
  };
}

function percentiles(ticks: readonly TickEvent[]): Pick<TickEvent, 'p50' | 'p95' | 'p99'> {
  const histograms = ticks.filter((tick) => tick.histogram).map((tick) => tick.histogram);
  if (histograms.length === 0) return worst(ticks);
  try {
    const [p50 = 0, p95 = 0, p99 = 0] = timesAt(readHistograms(histograms), [0.5, 0.95, 0.99]);
    return { p50, p95, p99 };
  } catch {
    return worst(ticks); // a script may have written there what is no histogram
  }
}

/** Ticks that were kept in a folder have no histograms any more: then the slowest share speaks for all. */
function worst(ticks: readonly TickEvent[]): Pick<TickEvent, 'p50' | 'p95' | 'p99'> {
  const highest = (field: (tick: TickEvent) => number) => Math.max(...ticks.map(field));
  return {
    p50: highest((tick) => tick.p50),
    p95: highest((tick) => tick.p95),
    p99: highest((tick) => tick.p99),
  };
}
