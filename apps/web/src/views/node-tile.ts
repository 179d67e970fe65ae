import { formatBytes, formatCount, formatRate, type Run, spellDuration } from '@marteau/shared';
import type { NodeEntry } from '@marteau/store';
import type { Badge } from './badge.ts';
import { type Moment, moment } from './moment.ts';
import { projectName } from './project.ts';

export interface NodeTile {
  name: string;
  badge: Badge;
  /** What it does, in words; for one that does nothing, what it could do. */
  does: string;
  /** What it does beside load (cloning, reporting); '' for nothing. */
  job: string;
  runHref: string | null;
  /** Of the run that it works on, 0 … 1. */
  progress: number | null;
  isGone: boolean;
  off: boolean;
  /** Facts for the page of nodes. */
  facts: {
    cores: string;
    memory: string;
    load: string;
    calibrated: string;
    /** How scripts are held there; '' where a node does not say. */
    containment: string;
    versions: string;
    labels: string;
    roles: string;
  };
  lastContact: Moment | null;
  /** What its last test showed. */
  test: { sentence: string; at: Moment | null } | null;
  /** How far its clock is off. */
  clock: string;
  /** What can be done with it. */
  canEnable: boolean;
  canDisable: boolean;
  canTest: boolean;
  canStop: boolean;
  canForget: boolean;
}

const badges: Record<NodeEntry['state'], Badge> = {
  idle: { kind: 'pass', icon: 'waiting', word: 'idle' },
  busy: { kind: 'running', icon: 'running', word: 'busy' },
  disabled: { kind: 'cancelled', icon: 'cancelled', word: 'disabled' },
  draining: { kind: 'running', icon: 'running', word: 'draining' },
  dead: { kind: 'error', icon: 'error', word: 'gone' },
};

/**
 * One node.
 * @param run the run it generates load for, where it is known
 * @param now ms since 1970
 */
export function nodeTile(node: NodeEntry, run: Run | null, now: number): NodeTile {
  return {
    name: node.name,
    badge: badges[node.state],
    does: does(node, run),
    job: node.doing,
    isGone: node.state === 'dead',
    runHref: node.runId === null ? null : `/runs/${node.runId}`,
    progress: run?.phase?.progress ?? null,
    off: node.state === 'dead' || node.state === 'disabled',
    facts: {
      cores: formatCount(node.cores),
      memory: formatBytes(node.memory),
      load: node.load.toFixed(2),
      calibrated: node.calibratedRate === null ? '–' : formatRate(node.calibratedRate),
      containment: node.containment ?? '',
      versions: Object.entries(node.versions)
        .map(([part, version]) => `${part} ${version}`)
        .join(', '),
      labels: Object.entries(node.labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(', '),
      roles: node.roles.join(', '),
    },
    lastContact: moment(node.lastContact, now),
    test: node.test && { sentence: node.test.sentence, at: moment(node.test.at, now) },
    clock: clock(node.clockOffset),
    canEnable: node.state === 'disabled',
    canDisable: node.state === 'idle' || node.state === 'busy',
    canTest: node.state === 'idle' && node.roles.includes('load'),
    canStop: node.state !== 'dead' && node.state !== 'draining',
    canForget: node.state === 'dead',
  };
}

/** Clocks are compared, so that an offset harms nothing; one of a minute should be set right all the same. */
function clock(offset: number): string {
  const off = Math.abs(offset);
  if (off < 1) return 'clock in step';
  return `clock ${off < 1000 ? `${off} ms` : spellDuration(off)} ${offset > 0 ? 'ahead' : 'behind'}`;
}

function does(node: NodeEntry, run: Run | null): string {
  if (node.state === 'dead') return 'last heard of';
  if (run && node.duty === 'app') return `${projectName(run)}, app node`;
  if (run) return [projectName(run), run.phase?.detail].filter(Boolean).join(', ');
  if (node.doing) return node.doing;
  if (node.state === 'disabled') return 'takes no runs';
  return `${node.cores} ${node.cores === 1 ? 'core' : 'cores'}, load ${node.load.toFixed(2)}`;
}
