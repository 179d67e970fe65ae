import { formatCount, formatMoment, formatRate } from '@marteau/shared/format';
import type { Column } from '../draw/panels.ts';
import type { Data, Load } from './read-data.ts';

export interface Cursor {
  /** Tells it what a panel shows from now on. */
  read: (panel: string, columns: readonly Column[]) => void;
}

/** How far an arrow key moves it, in parts of the plot. */
const STEPS: Record<string, number> = { ArrowLeft: -0.005, ArrowRight: 0.005 };

const plotOf = (panel: Element) => panel.querySelector<HTMLElement>('.plot')!;

/**
 * One cursor over all charts on the axis of time: the numbers of that moment stand beside each title. Also with the
 * arrow keys, once a chart has the focus.
 */
export function startCursor(
  charts: readonly HTMLElement[],
  { load, readings }: Data,
  zoom: { readonly from: number; readonly to: number },
): Cursor {
  const columns = new Map<string | undefined, readonly Column[]>([['load', loadColumns(load)]]);
  for (const { id, columns: own } of readings) columns.set(id, own);
  const panels = charts.flatMap((chart) => [...chart.querySelectorAll<HTMLElement>('.panel')]);
  const firsts = new Set(charts.map((chart) => chart.querySelector('.panel')));
  const cursors = panels.map((panel) => {
    const line = document.createElement('div');
    line.className = 'cursor';
    line.hidden = true;
    plotOf(panel).append(line);
    return line;
  });

  const show = (share: number) => {
    const at = zoom.from + share * (zoom.to - zoom.from);
    panels.forEach((panel, i) => {
      const line = cursors[i]!;
      line.hidden = false;
      line.style.left = `${share * 100}%`;
      const words = wordsAt(columns.get(panel.dataset.panel) ?? [], at);
      if (firsts.has(panel)) words.unshift(said('', formatMoment(at)));
      panel.querySelector('output')?.replaceChildren(...words);
    });
  };
  const hide = () => {
    for (const cursor of cursors) cursor.hidden = true;
    for (const panel of panels) panel.querySelector('output')?.replaceChildren();
  };

  let share = 0;
  let isAsked = false;
  const follow = ({ target, clientX }: PointerEvent) => {
    const plot = target instanceof Element ? target.closest('.plot') : null;
    if (plot === null) return;
    const box = plot.getBoundingClientRect();
    share = Math.max(0, Math.min(1, (clientX - box.left) / box.width));
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => {
      isAsked = false;
      show(share);
    });
  };
  for (const chart of charts) {
    chart.addEventListener('pointermove', follow);
    chart.addEventListener('pointerleave', hide);
  }
  for (const panel of panels) {
    const plot = plotOf(panel);
    plot.tabIndex = 0;
    plot.role = 'figure';
    plot.ariaLabel = `${panel.querySelector('b')?.textContent ?? ''}. Arrow keys move through time.`;
    plot.addEventListener('keydown', (event) => {
      const step = STEPS[event.key];
      if (step === undefined) return;
      event.preventDefault();
      share = Math.max(0, Math.min(1, share + step));
      show(share);
    });
    plot.addEventListener('blur', hide);
  }
  return { read: (panel, next) => columns.set(panel, next) };
}

/** @param at ms */
function wordsAt(columns: readonly Column[], at: number) {
  return columns.flatMap(({ name, label, from, width, values }) => {
    const value = values[Math.floor((at - from) / width)];
    return value === undefined ? [] : [said(name, value, label)];
  });
}

function said(name: string, value: string, label = '') {
  const span = document.createElement('span');
  span.className = name;
  if (label !== '') {
    const term = document.createElement('i');
    term.textContent = `${label} `;
    span.append(term);
  }
  span.append(value);
  return span;
}

function loadColumns({ from, width, users, offered, started }: Load): Column[] {
  const rate = (counts: number[]) => counts.map((n) => formatRate((n * 1000) / width));
  const columns = [{ name: 'users', label: 'users', from, width, values: users.map(formatCount) }];
  if (offered.every((n) => n === 0)) return columns;
  return [
    { name: 'users', label: 'offered', from, width, values: rate(offered) },
    { name: 'users', label: 'started', from, width, values: rate(started) },
    ...columns,
  ];
}
