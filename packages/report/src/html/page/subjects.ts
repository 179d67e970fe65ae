import { errorsPanel, latencyPanel, type Panel, throughputPanel } from '../draw/panels.ts';
import type { Cursor } from './cursor.ts';
import type { Data } from './read-data.ts';

/** What finishes, by the kind of a subject. */
const FINISHED: Record<string, string> = { test: 'iterations', step: 'steps' };

/** The choice of what the timeline shows: all requests, or one label. */
export function startSubjects(timeline: Element, { subjects }: Data, cursor: Cursor) {
  const select = timeline.querySelector<HTMLSelectElement>('#subject')!;
  subjects.forEach(({ name }, i) => {
    select.append(new Option(name, String(i)));
  });
  const show = (isDrawn: boolean) => {
    const { curves, kind } = subjects[Number(select.value)]!;
    const failed = errorsPanel(curves);
    for (const panel of [
      throughputPanel(curves, FINISHED[kind] ?? 'requests'),
      failed,
      latencyPanel(curves),
    ]) {
      if (panel === null) continue;
      cursor.read(panel.id, panel.columns);
      if (!isDrawn) draw(timeline.querySelector(`[data-panel="${panel.id}"]`), panel);
    }
    const errors = timeline.querySelector<HTMLElement>('[data-panel="errors"]');
    if (errors !== null) errors.hidden = failed === null;
  };
  select.addEventListener('change', () => show(false));
  show(true);
}

function draw(element: Element | null, panel: Panel) {
  if (element === null) return;
  const within = (selector: string) => element.querySelector(selector)!;
  within('b').textContent = panel.title;
  within('small').textContent = panel.note;
  within('.ys').replaceChildren(...panel.ticks.map(({ at, label }) => placed(at, label)));
  within('.ends').replaceChildren(...panel.ends.map(({ at, label, name }) => placed(at, label, name)));
  const grid = panel.ticks.map(({ at }) => `M0 ${Math.round(at * 10)}H4800`).join('');
  within('svg g').replaceChildren(
    path('grid', grid),
    ...panel.marks.map((mark) => path(`${mark.kind} ${mark.name}`, mark.path)),
  );
  for (const bound of element.querySelectorAll('.bound')) bound.remove();
  for (const { at, label, ok } of panel.bounds) {
    const bound = document.createElement('div');
    bound.className = ok ? 'bound' : 'bound bad';
    bound.classList.toggle('under', at * panel.height < 1600);
    bound.style.top = `${at}%`;
    bound.append(placed(null, label));
    within('.plot').append(bound);
  }
}

/** @param at per cent */
function placed(at: number | null, label: string, name = '') {
  const span = document.createElement('span');
  span.className = name;
  if (at !== null) span.style.top = `${at}%`;
  span.textContent = label;
  return span;
}

function path(name: string, shape: string) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  element.setAttribute('class', name);
  element.setAttribute('d', shape);
  return element;
}
