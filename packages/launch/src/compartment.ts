import type { Exceeded, Limits } from './sandboxes/cgroup.ts';
import type { EgressPolicy, LimitedTraffic, RefusedConnection } from './sandboxes/egress/egress.ts';
import type { Launched, LaunchSpec } from './spec.ts';

/** What a machine can hold of foreign programs, the strongest first; the words that people read. */
export type Containment =
  | 'contained'
  | 'contained, network open'
  | 'files and processes contained, network open'
  | 'not contained';

/**
 * Where the foreign programs of one run live on this machine: what they see, what they may take, and what they may
 * reach. Disposing of it leaves nothing behind; all that was launched in it has to have ended.
 */
export interface Compartment extends AsyncDisposable {
  readonly containment: Containment;
  /** Where its programs find their folder for temporary files: /tmp, short enough for sockets, or where it lies; null. */
  readonly temp: '/tmp' | null;
  /** `launch` inside. */
  launch(spec: LaunchSpec): Launched;
  /** Says what may be reached from now on, where the network is held; at first it is nothing but what a run itself listens on. */
  reach(network: Reachable): Promise<void>;
  /** What was tried to be reached and refused so far, where the network is held. */
  refused(): Promise<RefusedConnection[]>;
  /** What limits of the network kept back so far, by their numbers, where the network is held. */
  limited(): Promise<LimitedTraffic[]>;
  /** Which of its limits were hit so far, where there are limits. */
  exceeded(): readonly Exceeded[];
}

/** What may be reached, and what names of hosts mean. */
export interface Reachable extends EgressPolicy {
  readonly hosts: Readonly<Record<string, readonly string[]>>;
}

export interface CompartmentOptions {
  /** Folders that its programs may read and write, and that become theirs. Absolute. */
  readonly writable: readonly string[];
  /** Folders and files that they may read beside the system's programs. Absolute. */
  readonly readable: readonly string[];
  /** Folders and files that they must not see where those lie among the system's programs, but for what is `readable`. */
  readonly hidden?: readonly string[];
  /** A folder besides that compartments with one of this name share, and nobody else: a cache. Absolute. */
  readonly shared?: string;
  /** One of the writable folders, which is their /tmp where they have a root of their own. */
  readonly temp: string;
  readonly limits: Limits;
}

/** A way to hold foreign programs. */
export interface Rung {
  readonly containment: Containment;
  /** Opens a compartment. @throws where this machine does not have the rung */
  open(options: CompartmentOptions): Promise<Compartment>;
}
