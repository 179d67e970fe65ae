import { partLabels } from '@marteau/shared';
import type { Context } from '../context.ts';
import { labelsKey } from './labels.ts';

/** Nodes with the same labels of an operator, as whoever starts and ends nodes sees them. */
export interface NodeSet {
  labels: Record<string, string>;
  /** Of others, that nodes of it have or runs want. */
  tools: string[];
  /** How many nodes it should have now: those at work, and all that the first runs of the line take, idle ones included. */
  wanted: number;
  busy: number;
  idle: number;
  /** Alive, take nothing more and do nothing. */
  draining: number;
  /** Runs that wait for nodes with these labels. */
  waiting: number;
  oldestWaitSeconds: number;
}

/** What scale.lua answers. Labels are JSON, or ''; times ms on Redis's clock. */
export interface ScaleFacts {
  now: number;
  paused: boolean;
  /** Workers that could prepare and report. */
  preparers: number;
  /** Runs that none of these is there for. */
  preparing: number;
  nodes: readonly { labels: string; state: 'busy' | 'idle' | 'draining'; load: boolean }[];
  line: readonly WaitingRun[];
  waiting: readonly { labels: string; runs: number; since: number }[];
}

interface WaitingRun {
  /** Its place. */
  seq: number;
  /** How many nodes of which labels: of one kind, or of each of its locations. */
  demands: readonly { nodes: number; labels: string }[];
  submitter: string;
  /** How many of its submitter have nodes. */
  running: number;
  /** 'a:443 b:443' */
  targets: string;
  shared: boolean;
  /** Of its targets, those that runs with nodes have, and how. */
  locked?: Record<string, 'shared' | 'alone'>;
}

interface Limits {
  perSubmitter: number | null;
  /** Of all sets together. */
  nodesMax: number | null;
}

/** All sets that have nodes, or that runs wait for. */
export async function readScale({ script, rules }: Context): Promise<NodeSet[]> {
  const facts = JSON.parse(await script('scale', {})) as ScaleFacts;
  return nodeSets(withLists(facts), rules);
}

/** The set with exactly these labels; one without nodes and runs where there is none. */
export function nodeSet(sets: readonly NodeSet[], labels: Record<string, string>): NodeSet {
  const key = labelsKey(labels);
  return sets.find((set) => labelsKey(set.labels) === key) ?? emptySet(labels);
}

/** Lua's empty tables are objects in JSON. */
function withLists(facts: ScaleFacts): ScaleFacts {
  const list = <T>(value: readonly T[]): readonly T[] => (Array.isArray(value) ? value : []);
  return { ...facts, nodes: list(facts.nodes), line: list(facts.line), waiting: list(facts.waiting) };
}

/**
 * How many nodes each set should have: what works, and for the runs of the line in their order all nodes that each
 * takes, or none, until `nodesMax` is reached. What waits for another run to end wants none yet.
 */
export function nodeSets(facts: ScaleFacts, limits: Limits): NodeSet[] {
  const sets = new Map<string, NodeSet>();
  const setOf = (labels: string): NodeSet => {
    const { given, tools } = partLabels(decoded(labels));
    const key = labelsKey(given);
    const set = sets.get(key) ?? emptySet(given);
    sets.set(key, set);
    set.tools = [...new Set([...set.tools, ...tools])].sort();
    return set;
  };

  for (const { labels, state } of facts.nodes) setOf(labels)[state]++;
  for (const { labels, runs, since } of facts.waiting) {
    const set = setOf(labels);
    set.waiting += runs;
    set.oldestWaitSeconds = Math.max(set.oldestWaitSeconds, Math.floor((facts.now - since) / 1000));
  }
  for (const set of sets.values()) set.wanted = set.busy;
  if (!facts.paused) wantForLine(facts, limits, setOf);
  return [...sets.values()].sort((a, b) => (labelsKey(a.labels) < labelsKey(b.labels) ? -1 : 1));
}

function wantForLine(facts: ScaleFacts, limits: Limits, setOf: (labels: string) => NodeSet): void {
  const free = facts.nodes.filter(({ state, load }) => state === 'idle' && load);
  const blocks = blocker(limits.perSubmitter);
  let left =
    (limits.nodesMax ?? Number.POSITIVE_INFINITY) -
    facts.nodes.filter(({ state }) => state === 'busy').length;
  if (facts.preparers === 0 && facts.preparing > 0 && left >= 1) {
    setOf('').wanted++;
    left--;
  }
  for (const run of facts.line.toSorted((a, b) => a.seq - b.seq)) {
    if (blocks(run)) continue;
    const all = run.demands.reduce((sum, { nodes }) => sum + nodes, 0);
    if (all > left) return; // it keeps what is left from those behind it
    left -= all;
    for (const demand of run.demands) {
      const own = setOf(demand.labels);
      const suits = free.filter(({ labels }) => matches(labels, demand.labels));
      const isOwn = ({ labels }: { labels: string }) => Number(setOf(labels) === own);
      const taken = suits.toSorted((a, b) => isOwn(b) - isOwn(a)).slice(0, demand.nodes);
      for (const node of taken) {
        free.splice(free.indexOf(node), 1);
        setOf(node.labels).wanted++;
      }
      own.wanted += demand.nodes - taken.length;
    }
  }
}

/** Tells of one run after the other whether it has to wait for another to end, as allot.lua would. */
function blocker(perSubmitter: number | null): (run: WaitingRun) => boolean {
  const started = new Map<string, number>();
  const locked = new Map<string, 'shared' | 'alone'>();
  return ({ submitter, running, targets, shared, locked: held = {} }) => {
    const names = targets.split(' ').filter(Boolean);
    const many = running + (started.get(submitter) ?? 0);
    const isBusy = names.some((name) =>
      [held[name], locked.get(name)].some((how) => how === 'alone' || (how === 'shared' && !shared)),
    );
    // One that waits to have its target alone is not overtaken, so it locks it in any case.
    for (const name of names) if (!shared || !locked.has(name)) locked.set(name, shared ? 'shared' : 'alone');
    if (isBusy || many >= (perSubmitter ?? Number.POSITIVE_INFINITY)) return true;
    started.set(submitter, (started.get(submitter) ?? 0) + 1);
    return false;
  };
}

function emptySet(labels: Record<string, string>): NodeSet {
  return { labels, tools: [], wanted: 0, busy: 0, idle: 0, draining: 0, waiting: 0, oldestWaitSeconds: 0 };
}

function decoded(labels: string): Record<string, string> {
  return labels ? JSON.parse(labels) : {};
}

function matches(node: string, wanted: string): boolean {
  const has = decoded(node);
  return Object.entries(decoded(wanted)).every(([name, value]) => has[name] === value);
}
