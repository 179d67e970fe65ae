import { formatMoment } from '@marteau/shared';
import type { Results } from '../../schema/results.ts';
import { PLOT_HEIGHT, PLOT_WIDTH } from '../draw/path.ts';
import { timeTicks } from '../draw/scale.ts';

/** What all charts over time have in common. Places are per cent from the left. */
export interface TimeAxis {
  /** ms since the load began */
  readonly end: number;
  /** The recorded windows. */
  readonly bands: readonly Band[];
  readonly ticks: readonly { at: number; label: string }[];
  /** Whatever happened meanwhile: faults, a lost node, an app that ended. */
  readonly events: readonly EventMark[];
  /** The same as one shape, for charts that do not name them: x runs to `plotWidth`, y to `plotHeight`. */
  readonly shade: string;
  /** How many more events there were. */
  readonly eventsLeft: number;
}

interface Band {
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly width: number;
  readonly label: string;
  readonly isMinor: boolean;
}

interface EventMark {
  readonly at: number;
  readonly width: number;
  readonly title: string;
  readonly detail: string;
  readonly time: string;
}

const MOST_EVENTS = 100;
/** What a moment takes on the axis, per cent: it has no length, and is seen all the same. */
const MOMENT_WIDTH = 0.04;

export function timeAxis(results: Results): TimeAxis {
  const end = endOf(results);
  const events = results.events.slice(0, MOST_EVENTS).map(({ at, duration, title, detail }) => ({
    at: place(at, end),
    width: Math.max(MOMENT_WIDTH, place(at + duration, end) - place(at, end)),
    title,
    detail,
    time: formatMoment(Math.max(0, at)),
  }));
  return {
    end,
    bands: bandsOf(results, end),
    ticks: timeTicks(0, end).map((at) => ({ at: place(at, end), label: formatMoment(at) })),
    events,
    shade: events.map(shadeOf).join(''),
    eventsLeft: Math.max(0, results.events.length - MOST_EVENTS),
  };
}

function shadeOf({ at, width }: EventMark): string {
  const [x, w] = [at, width].map((share) => Math.round((share / 100) * PLOT_WIDTH));
  return `M${x} 0h${w}v${PLOT_HEIGHT}h-${w}z`;
}

/** Where the axis of time ends. */
export function endOf({ load, steps }: Results): number {
  const { series } = load;
  const last = series === null ? 0 : series.from + series.width * series.users.length;
  return Math.max(1, last, ...steps.map((stage) => stage.end));
}

/** The recorded windows; where there are many, only some are named, and on a phone only every fourth of these. */
function bandsOf({ steps }: Results, end: number): Band[] {
  const every = Math.ceil(steps.length / 12);
  return steps.map((stage, i) => ({
    from: stage.begin,
    to: stage.end,
    at: place(stage.begin, end),
    width: place(stage.end, end) - place(stage.begin, end),
    label: i % every === 0 ? stage.plan.name : '',
    isMinor: steps.length > 4 && i % (every * 4) !== 0,
  }));
}

/** Per cent of the axis, with two digits. */
const place = (ms: number, end: number) => Math.round((Math.max(0, Math.min(ms, end)) / end) * 10_000) / 100;
