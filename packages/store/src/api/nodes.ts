import type { Holder } from './ledger.ts';

/** What a worker says about itself when it joins. */
export interface NodeSpec {
  /** Letters, digits, dashes; unique. */
  name: string;
  cores: number;
  /** bytes */
  memory: number;
  versions: { marteau: string; node: string; [part: string]: string };
  labels: Record<string, string>;
  /** `desk`: prepare, finalize, notify. `load`: generates load. */
  roles: readonly ('desk' | 'load')[];
  /** By which other nodes reach it, without a port; the one by which it reaches Redis unless it is given. */
  address?: string | undefined;
  /** Requests/s that it generated when it was measured; null when not. */
  calibratedRate: number | null;
}

/** What it does, said with every beat. */
export interface NodeStatus {
  /** In words, "cloning Marketplace"; empty when idle. */
  doing: string;
  /** Load average of one minute per core. */
  load: number;
  /** bytes */
  freeMemory: number;
}

/** What a person asks of a node; it hears of it with its next heartbeat. */
export type NodeOrder = 'stop' | 'test';

/** What a test of a node showed. */
export interface NodeTest {
  /** ISO instant. */
  at: string;
  /** Requests/s that it generates for certain; null when it does not keep up, or the test did not end. */
  rate: number | null;
  /** For a person. */
  sentence: string;
}

export interface NodeEntry extends NodeSpec, NodeStatus {
  state: 'idle' | 'busy' | 'disabled' | 'draining' | 'dead';
  /** The run that it generates load for, or has the app of. */
  runId: string | null;
  /** Which of both it does for that run. */
  duty: 'load' | 'app' | null;
  /** ISO instants. */
  joinedAt: string;
  lastContact: string;
  /** Its clock minus Redis's, ms. */
  clockOffset: number;
  /** Its last test; null when it was never tested. `calibratedRate` is what it showed. */
  test: NodeTest | null;
}

/** A worker's membership: beats by itself, once a second, until it leaves. */
export interface NodeSession extends Holder {
  /** By which other nodes reach this one, without a port. */
  readonly address: string;
  /** Takes no more shares; what it has goes on. */
  drain(): Promise<void>;
  /** Keeps shares away while the node is tested. False when it is not free. */
  beginTest(): Promise<boolean>;
  endTest(result: NodeTest): Promise<void>;
  /** Stops beating and is no longer listed; its slot, if it still has one, is freed as by a death. Close `work` first. */
  leave(): Promise<void>;
}

export interface Nodes {
  /**
   * Registers this process and keeps it registered, also over an emptied Redis.
   * @param status asked before every beat
   * @param obey called with what a person asks of it, and with 'stop' when another process has its name
   * @throws 'node-name-taken' while another live process has the name, 'bad-node-name', 'node-version' beside live
   * nodes of another version of Marteau
   */
  join(spec: NodeSpec, status: () => NodeStatus, obey?: (order: NodeOrder) => void): Promise<NodeSession>;
  /** All, by name, dead ones included until they are forgotten. */
  list(): Promise<NodeEntry[]>;
  /** @throws 'not-found' */
  enable(name: string): Promise<void>;
  /** It finishes what it has and takes no more. @throws 'not-found' */
  disable(name: string): Promise<void>;
  /** It takes no more, finishes what it has, and its worker ends. @throws 'not-found' */
  stop(name: string): Promise<void>;
  /** Measures what it can generate; takes a minute. @throws 'not-found', 'node-not-free' */
  test(name: string): Promise<void>;
  /** Forgets a dead node. @throws 'not-found', 'node-alive' */
  forget(name: string): Promise<void>;
}
