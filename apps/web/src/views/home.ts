import { formatCount, phaseInWords, type Run } from '@marteau/shared';
import type { NodeEntry, Notices, Place } from '@marteau/store';
import { type Badge, badge } from './badge.ts';
import { type CommitView, commitView } from './commit.ts';
import { type Moment, moment } from './moment.ts';
import { type NodeTile, nodeTile } from './node-tile.ts';
import { projectName, who } from './project.ts';
import { type RunRow, runRows } from './run-row.ts';
import { toGo } from './run-sentences.ts';

/** Everything that the home page is made of. */
export interface HomeData {
  nodes: readonly NodeEntry[];
  /** Runs that something is done for now. */
  moving: readonly Run[];
  /** Places of the first runs of the line, with their runs. */
  line: readonly { place: Place; run: Run }[];
  /** How many runs wait in all. */
  waiting: number;
  paused: boolean;
  recent: readonly Run[];
  cursor: string | null;
  notices: Notices;
}

/** A run that has not ended: what is done for it, or what it waits for. */
export interface LineItem {
  href: string;
  badge: Badge;
  /** '' for a run that does not wait. */
  position: string;
  name: string;
  commit: CommitView | null;
  who: string;
  text: string;
  /** null: nothing to measure; then `busy` says whether something goes on. */
  progress: number | null;
  busy: boolean;
  since: Moment | null;
}

export interface HomeView {
  tiles: NodeTile[];
  line: LineItem[];
  /** '12 more wait' or '' */
  more: string;
  paused: boolean;
  rows: RunRow[];
  older: string | null;
  /** Nothing was ever run here. */
  firstUse: boolean;
  /** How things stand, in one line: '2 running · 3 waiting · 3 of 4 nodes idle'. */
  standing: string;
  notice: string | null;
}

export function homeView(data: HomeData, now: number): HomeView {
  const placed = new Set(data.line.map(({ run }) => run.id));
  const moving = data.moving.filter((run) => !placed.has(run.id)).sort(byProgress);
  const line = [
    ...moving.map((run) => movingItem(run, now)),
    ...data.line.map(({ place, run }) => waitingItem(run, place, now)),
  ];
  const more = data.waiting - data.line.filter(({ run }) => isWaiting(run)).length;
  const runs = new Map([...data.moving, ...data.line.map(({ run }) => run)].map((run) => [run.id, run]));
  return {
    tiles: data.nodes.map((node) => nodeTile(node, runs.get(node.runId ?? '') ?? null, now)),
    line,
    more: more > 0 ? `${formatCount(more)} more ${more === 1 ? 'waits' : 'wait'} behind them.` : '',
    paused: data.paused,
    rows: runRows(data.recent, now),
    older: data.cursor === null ? null : `/runs?cursor=${encodeURIComponent(data.cursor)}`,
    firstUse: line.length === 0 && data.recent.length === 0,
    standing: standing(data),
    notice: noticeText(data.notices),
  };
}

/** What is furthest comes first. */
function byProgress(a: Run, b: Run): number {
  return order.indexOf(a.state) - order.indexOf(b.state) || (a.id < b.id ? -1 : 1);
}

const order: Run['state'][] = ['reporting', 'cancelling', 'running', 'preparing'];

function isWaiting(run: Run): boolean {
  return run.state === 'queued' || run.state === 'waiting';
}

function movingItem(run: Run, now: number): LineItem {
  const { phase } = run;
  const since = run.timeline.at(-1)?.at ?? run.submittedAt;
  return {
    ...common(run),
    position: '',
    text: phase ? phaseInWords(phase) : '',
    progress: phase?.progress ?? null,
    busy: true,
    since: moment(since, now),
  };
}

function waitingItem(run: Run, place: Place, now: number): LineItem {
  const about = toGo(place);
  const moving = isWaiting(run) ? null : movingItem(run, now);
  return {
    ...common(run),
    position: String(place.position),
    text: moving?.text || `${place.waitingFor}${place.waitingFor && about ? '.' : ''}${about}`,
    progress: moving?.progress ?? null,
    busy: moving !== null,
    since: moment(run.submittedAt, now),
  };
}

function common(run: Run) {
  return {
    href: `/runs/${run.id}`,
    badge: badge(run),
    name: projectName(run),
    commit: commitView(run),
    who: who(run),
  };
}

function standing(data: HomeData): string {
  const running = data.moving.filter((run) => run.state === 'running').length;
  const alive = data.nodes.filter((node) => node.state !== 'dead' && node.roles.includes('load'));
  const idle = alive.filter((node) => node.state === 'idle').length;
  const parts = [
    running > 0 ? `${running} running` : '',
    data.waiting > 0 ? `${formatCount(data.waiting)} waiting` : '',
    `${idle} of ${alive.length} ${alive.length === 1 ? 'node' : 'nodes'} idle`,
  ];
  const free = idle > 0 && data.moving.length + data.line.length === 0;
  return parts.filter(Boolean).join(' · ') + (free ? '. Hammer ready. Where are the nails?' : '');
}

function noticeText({ rebuilt }: Notices): string | null {
  if (!rebuilt) return null;
  const named = rebuilt.unreadable?.length ? ` (${rebuilt.unreadable.join(' ')})` : '';
  const skipped = rebuilt.skipped > 0 ? `, ${formatCount(rebuilt.skipped)} could not be read${named}` : '';
  return `Redis was found empty and was filled again from the folders: ${formatCount(rebuilt.runs)} ${rebuilt.runs === 1 ? 'run' : 'runs'} came back${skipped}. ${lostText(rebuilt.lost)}`;
}

function lostText(lost: number): string {
  if (lost === 0) return 'Runs that had not ended then are lost; submit them again.';
  const those =
    lost === 1
      ? 'One that had not ended then is lost and'
      : `${formatCount(lost)} that had not ended then are lost and`;
  return `${those} listed as ${lost === 1 ? 'an error' : 'errors'}; run ${lost === 1 ? 'it' : 'them'} again. Submissions that no worker had begun are not listed.`;
}
