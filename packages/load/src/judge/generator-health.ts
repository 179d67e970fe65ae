import type { LoadSnapshot, Measurements } from '@marteau/measure';
import { formatDuration, formatLatency, formatPercent } from '@marteau/shared';
import { Gate, type HotTime, union } from './gate.ts';
import { ThreadGates, type ThreadHealth } from './thread-gates.ts';

/** What lasts so long is a state, s. */
const LASTING_S = 10;
/** Of a shorter step nothing can be told; a search has to know it of every probe. */
const SHORTEST_S = 5;
const SHORTEST_PROBE_S = 2;

/** What says that the system gives no more sockets. */
const noSockets = ['EADDRNOTAVAIL', 'EMFILE', 'ENFILE', 'ENOBUFS'];

type Limit = Measurements['generator']['limits'][number];

/** How many seconds the gates look at together, where the shortest recorded step has so many. */
export function gateLength(shortestStep: number, isSearch = false): number {
  const shortest = isSearch ? SHORTEST_PROBE_S : SHORTEST_S;
  return Math.floor(Math.min(LASTING_S, Math.max(shortest, shortestStep)));
}

/** Watches what generates the load, thread by thread, in bounded memory, and says where it was the limit. */
export class GeneratorHealth {
  readonly #threads: readonly ThreadGates[];
  readonly #sockets = new Gate<number>(1, () => true);
  #socketCode = '';
  readonly #consent = new Gate<number>(1, () => true);
  readonly #limited = new Set<string>();
  /** The first jump of the clock, and when it was seen; ms. */
  #jump: { readonly by: number; readonly at: number } | null = null;
  #recorded = 0;

  /** @param length of a gate, s */
  constructor(threads: number, length: number) {
    this.#threads = Array.from({ length: threads }, () => new ThreadGates(length));
  }

  /** What a thread says of one second. */
  add(thread: number, point: LoadSnapshot, recorded: boolean): void {
    this.#threads[thread]!.add(point, recorded);
    if (recorded && thread === 0) this.#recorded += 1;
  }

  /** How requests of a recorded second ended: status or error class → count. */
  ended(second: number, outcomes: Readonly<Record<string, number>>): void {
    const code = noSockets.find((each) => each in outcomes);
    if (code === undefined) return;
    this.#socketCode = code;
    this.#sockets.add(second, 0);
  }

  /** In a recorded second requests waited for what their host allows. @param place `host:port` */
  waitedForConsent(second: number, place: string): void {
    this.#limited.add(place);
    this.#consent.add(second, 0);
  }

  /** The machine's clock jumped. @param at ms of the run's clock */
  clockJumped(by: number, at: number): void {
    this.#jump ??= { by, at };
  }

  /** Seconds beyond some gate so far: whoever asks twice knows whether there were more in between. */
  get hotSeconds(): number {
    const gates = this.#threads.flatMap(({ cpu, delay, gc, late, between }) => [
      cpu,
      delay,
      gc,
      late,
      between,
    ]);
    return gates.reduce((sum, { seconds }) => sum + seconds, this.#sockets.seconds);
  }

  /** Where the generator was the limit, the longest first. */
  limits(): Limit[] {
    const gates = (pick: (thread: ThreadGates) => HotTime) => this.#threads.map(pick);
    const peak = (name: 'peakCpu' | 'peakLoopDelay' | 'peakGc') =>
      Math.max(...this.#threads.map(({ health }) => health[name]));
    const between = Math.max(...this.#threads.map(({ peakBetween }) => peakBetween));
    const late = this.#sum('late') / Math.max(1, this.#sum('started'));
    const found = [
      this.#limit(
        'cpu',
        gates(({ cpu }) => cpu),
        `a thread used up to ${formatPercent(peak('peakCpu'))} of its processor. Use more nodes, or less load.`,
      ),
      this.#limit(
        'loop-delay',
        gates(({ delay }) => delay),
        `the event loop of a thread was late by up to ${formatLatency(peak('peakLoopDelay'))}: the script computes for long without a pause, or the machine is busy with something else. Use more nodes, or a machine that does nothing else.`,
      ),
      this.#limit(
        'gc',
        gates(({ gc }) => gc),
        `up to ${formatPercent(peak('peakGc'))} of the time went into garbage collection. Let the script keep less in memory, or use more nodes.`,
      ),
      this.#limit(
        'late',
        gates((thread) => thread.late),
        `${formatPercent(late)} of the starts came more than 10 ms late, although users were idle. Use more nodes, or a lower rate.`,
      ),
      this.#limit(
        'between',
        gates((thread) => thread.between),
        `users spent up to ${formatPercent(between)} of their time between iterations, so that rate and response time do not explain how many they were (Little's law). The script computes without a pause, or works on when a test is over. Await all that a test begins, use more nodes, or less load.`,
      ),
      this.#limit(
        'consent',
        [this.#consent],
        `requests or messages waited for the rate that ${[...this.#limited].join(' and ')} allows. Ask for less load, or ask whoever runs the target to allow more.`,
      ),
      this.#limit(
        'sockets',
        [this.#sockets],
        `the system gave no more sockets (${this.#socketCode}). Keep connections open, use more nodes, or raise the limits of this machine (ulimit -n, net.ipv4.ip_local_port_range).`,
      ),
    ];
    return [...found, this.#clockLimit()].flatMap((each) => each ?? []).sort((a, b) => b.share - a.share);
  }

  /** @param cpuSeconds of each thread */
  each(cpuSeconds: readonly number[]): ThreadHealth[] {
    return this.#threads.map(({ health }, index) => ({ ...health, cpuSeconds: cpuSeconds[index] ?? 0 }));
  }

  /** All moments after it are in doubt, so it is about all of the run. */
  #clockLimit(): Limit | null {
    if (!this.#jump) return null;
    const { by, at } = this.#jump;
    const sentence = `the clock of a node jumped by ${formatDuration(Math.abs(by))} while the load ran: it was set, or the machine slept. What it measured cannot be scheduled beside other nodes, faults and hosts. Let NTP keep the clock without steps and have the machine stay awake, and run it again.`;
    return { code: 'clock', sentence, share: 1, windows: [{ from: Math.max(0, at - 1000), to: at }] };
  }

  #sum(name: 'late' | 'started'): number {
    return this.#threads.reduce((sum, { health }) => sum + health[name], 0);
  }

  #limit(code: string, gates: readonly HotTime[], sentence: string): Limit | null {
    const windows = union(gates.flatMap(({ spans }) => spans));
    if (windows.length === 0) return null;
    const seconds = windows.reduce((sum, { from, to }) => sum + (to - from) / 1000, 0);
    return { code, sentence, share: Math.min(1, seconds / Math.max(1, this.#recorded)), windows };
  }
}
