import { readSlot } from '../ledger/leases.ts';

/** What a worker says about itself when it joins. */
export interface NodeSpec {
  /** Letters, digits, dashes; unique. */
  name: string;
  cores: number;
  /** bytes */
  memory: number;
  /** How programs of runs are held there, in words; absent where a node does not say. */
  containment?: string;
  versions: { marteau: string; node: string; [part: string]: string };
  labels: Record<string, string>;
  /** `desk`, the preparing role: prepare, finalize, notify. `load`: generates load. */
  roles: readonly ('desk' | 'load')[];
  /** By which other nodes reach it, without a port; the one by which it reaches Redis unless it is given. */
  address?: string | undefined;
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
  /** Its last test; null when it was never tested. */
  test: NodeTest | null;
  /** Requests/s that this showed; null where it showed none. */
  calibratedRate: number | null;
}

/** A node from its hash. @param now ms on Redis’s clock */
export function readNode(node: Record<string, string>, hasJob: boolean, now: number): NodeEntry {
  const spec: NodeSpec = JSON.parse(node.spec!);
  const status: NodeStatus & { clockOffset: number } = node.status
    ? JSON.parse(node.status)
    : { doing: '', load: 0, freeMemory: 0, clockOffset: 0 };
  const test: NodeTest | null = node.test ? JSON.parse(node.test) : null;
  return {
    ...spec,
    ...status,
    test,
    calibratedRate: test?.rate ?? null,
    state: stateOf(node, hasJob, now),
    runId: node.slot ? readSlot(node.slot).runId : null,
    duty: node.slot ? (node.duty as NodeEntry['duty']) || 'load' : null,
    joinedAt: instant(node.joinedAt),
    lastContact: instant(node.beatAt),
  };
}

function stateOf(node: Record<string, string>, hasJob: boolean, now: number): NodeEntry['state'] {
  if (Number(node.lease) <= now) return 'dead';
  if (node.enabled !== '1') return 'disabled';
  if (node.draining === '1') return 'draining';
  return node.slot || hasJob ? 'busy' : 'idle';
}

function instant(ms: string | undefined): string {
  return new Date(Number(ms ?? 0)).toISOString();
}
