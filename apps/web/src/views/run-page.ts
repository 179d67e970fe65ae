import {
  type Bisect,
  type Confirmation,
  canBeBaseline,
  type Delivery,
  figuresOf,
  formatCount,
  formatLatency,
  formatPercent,
  hasEnded,
  kindInWords,
  namedRef,
  type Run,
} from '@marteau/shared';
import { type Place, projectId } from '@marteau/store';
import type { Evidence } from '../data/evidence.ts';
import type { Standing } from '../data/standing.ts';
import type { Breakable } from '../runs/chaos-command.ts';
import type { Changeable } from '../runs/load-change.ts';
import { type Badge, badge } from './badge.ts';
import { boundViews } from './bounds.ts';
import { type CheckView, checkView } from './check.ts';
import { type CommitView, commitView } from './commit.ts';
import { type Moment, moment } from './moment.ts';
import { projectName, repositoryName } from './project.ts';
import { asked, sentence } from './run-sentences.ts';
import { type SinceView, sinceView } from './since.ts';
import { type StepView, stepper } from './stepper.ts';

export interface RunPage {
  id: string;
  state: string;
  ended: boolean;
  badge: Badge;
  title: string;
  name: string;
  /** What the test is about; empty where its file says nothing, or was not read. */
  description: string;
  repository: string;
  projectHref: string;
  repo: string;
  /** Its branch or tag, where it was named. */
  ref: string | null;
  commit: CommitView | null;
  author: string | null;
  /** Who asked for it, and how. */
  asked: string;
  test: string | null;
  profile: string | null;
  target: string | null;
  nodes: string;
  submitted: Moment | null;
  /** The one sentence that tells how things stand. */
  says: string;
  saysKind: string;
  steps: StepView[];
  figures: Figure[];
  since: SinceView | null;
  /** Of a pull request; null of anything else. */
  check: CheckView | null;
  /** Whether later runs of this test are compared with it. */
  pinned: boolean;
  overrides: { name: string; value: string }[];
  deliveries: DeliveryView[];
  /** What in its folder cannot be read, and why: a sentence each. */
  unreadable: readonly string[];
  /** What it has recorded. */
  tapes: { name: string; href: string }[];
  /** Whether there is anything of that to show. */
  around: boolean;
  acts: Acts;
  /** What can be broken now; null where nothing can. */
  chaos: Breakable | null;
  /** What of its load can be changed now; null where nothing can. */
  load: Changeable | null;
  /** Of a run that ended in error: where its repository is looked at again. */
  lookHref: string | null;
  /** Of what not every run has, a chart is hidden until something comes. */
  charts: readonly { key: string; name: string; isRare?: boolean }[];
  /** For the charts: JSON of views/bounds.ts. */
  bounds: string;
  reportHref: string;
  hasReport: boolean;
}

interface DeliveryView {
  /** 'Mail' */
  kind: string;
  to: string;
  state: Delivery['state'];
  word: string;
  detail: string;
  /** Where it can be looked at. */
  href: string | null;
  /** Where to ask for it once more; null where it is on its way. */
  again: string | null;
}

export interface Figure {
  name: string;
  value: string;
  small: string;
}

/** Which of the actions make sense now. The row always has all of them, so that none moves. */
interface Acts {
  report: boolean;
  stop: boolean;
  cancel: boolean;
  rerun: boolean;
  pin: boolean;
  remove: boolean;
}

const charts = [
  { key: 'rate', name: 'Requests per second' },
  { key: 'latency', name: 'Request time' },
  { key: 'errors', name: 'Errors and failures per second' },
  { key: 'users', name: 'Users' },
  { key: 'messages', name: 'Messages per second', isRare: true },
  { key: 'round-trips', name: 'Round trips, p95', isRare: true },
  { key: 'streams', name: 'Open sockets and streams', isRare: true },
  { key: 'nodes', name: 'Requests per second of each node', isRare: true },
];

const noteKinds: Record<string, string> = { pass: 'good', fail: 'bad', invalid: 'odd', error: 'own' };

/** What is known of a run beside its record. */
interface Around {
  /** What it waits for; null once it runs or ended. */
  place: Place | null;
  evidence: Evidence;
  /** Repeats that somebody asked for. */
  confirmation: Confirmation | null;
  bisect: Bisect | null;
  /** Of the head of a pull request. */
  standing: Standing;
  /** What can be broken while it is under load. */
  chaos: Breakable | null;
  /** What of the load can be changed while it goes on. */
  load: Changeable | null;
  /** Files that it has recorded, in its folder. */
  tapes: readonly string[];
  pinned: boolean;
  unreadable: readonly string[];
  /** ms since 1970 */
  now: number;
}

export function runPage(
  run: Run,
  { place, evidence, confirmation, bisect, standing, chaos, load, tapes, pinned, unreadable, now }: Around,
): RunPage {
  const ended = hasEnded(run.state);
  const shown = badge(run);
  const name = projectName(run);
  return {
    id: run.id,
    state: run.state,
    ended,
    badge: shown,
    title: `${shown.word} · ${name}`,
    name,
    description: evidence.description,
    repository: repositoryName(run.repo),
    projectHref: `/projects/${projectId(run.project)}`,
    repo: run.repo,
    ref: namedRef(run),
    commit: commitView(run),
    author: run.commitAuthor,
    asked: asked(run),
    test: run.test,
    profile: run.profile,
    target: run.target,
    nodes: `${run.nodes} ${run.nodes === 1 ? 'node' : 'nodes'}`,
    submitted: moment(run.submittedAt, now),
    says: sentence(run, place, evidence.judged),
    saysKind: noteKinds[shown.kind] ?? '',
    steps: stepper(run, now),
    figures: figures(run),
    since: sinceView(run, evidence, { confirmation, bisect }, now),
    check: checkView(run, standing),
    pinned,
    overrides: Object.entries(run.overrides).map(([field, value]) => ({
      name: field,
      value: written(value),
    })),
    deliveries: run.deliveries.map((delivery, index) => ({
      ...deliveryView(delivery),
      again: ended && delivery.state !== 'waiting' ? `/runs/${run.id}/deliveries/${index}/again` : null,
    })),
    unreadable,
    tapes: tapes.map((name) => ({ name, href: `/runs/${run.id}/files/${name}` })),
    around:
      unreadable.length > 0 ||
      tapes.length > 0 ||
      run.deliveries.length > 0 ||
      Object.keys(run.overrides).length > 0 ||
      run.hasReport,
    acts: acts(run, ended),
    chaos,
    load,
    lookHref: run.state === 'error' ? lookHref(run) : null,
    charts,
    bounds: JSON.stringify(boundViews(evidence.thresholds)),
    reportHref: `/runs/${run.id}/report`,
    hasReport: run.hasReport,
  };
}

const deliveryWords: Record<Delivery['state'], string> = {
  waiting: 'waits to be sent',
  sent: 'sent',
  refused: 'refused',
};

function deliveryView({ kind: name, to, state, detail, page: href }: Delivery): Omit<DeliveryView, 'again'> {
  const kind = name.charAt(0).toUpperCase() + name.slice(1);
  if (href?.startsWith('/outbox/')) return { kind, to, state, word: 'in the outbox', detail: '', href };
  return { kind, to, state, word: deliveryWords[state], detail, href };
}

function lookHref({ repo, ref, profile }: Run): string {
  return `/new?${new URLSearchParams({ repo, ...(ref && { ref }), ...(profile && { profile }) })}`;
}

function acts(run: Run, ended: boolean): Acts {
  return {
    report: run.hasReport,
    stop: run.state === 'running' && !run.stopped,
    cancel: !ended && run.state !== 'cancelling',
    rerun: true,
    pin: ended && canBeBaseline(run),
    remove: ended,
  };
}

function figures(run: Run): Figure[] {
  const { summary } = run;
  if (!summary) return [];
  const { p50, p95, p99, rate, requests, errors, iterations, failures } = figuresOf(summary);
  return [
    {
      name: 'p95',
      value: p95,
      small: `${summary.stage === undefined ? '' : `at ${summary.stage}, `}${summary.p99 === null ? 'too few for a p99' : `p99 ${p99}`}`,
    },
    { name: 'p50', value: p50, small: 'half were faster' },
    { name: 'Requests', value: rate, small: `${requests} in all` },
    { name: 'Errors', value: errors, small: 'of the requests' },
    {
      name: 'Failures',
      value: failures,
      small: `of ${iterations} ${summary.iterations === 1 ? 'iteration' : 'iterations'}`,
    },
    ...(summary.kinds ?? []).map((figure) => ({
      name: `${kindInWords(figure)}, p95`,
      value: formatLatency(figure.p95),
      small: `${formatCount(figure.count)} in all, ${formatPercent(figure.errorRate)} went wrong`,
    })),
    ...missed('Dropped', 'starts', summary.dropped, summary.planned),
    ...missed('Never began', 'users', summary.neverBegan, summary.users),
  ];
}

/** What was intended and did not happen; nothing where all of it did. */
function missed(name: string, what: string, count = 0, all = 0): Figure[] {
  if (count === 0) return [];
  return [
    {
      name,
      value: formatPercent(count / all),
      small: `${formatCount(count)} of ${formatCount(all)} ${what}`,
    },
  ];
}

function written(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
