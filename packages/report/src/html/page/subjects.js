import { errorsPanel, latencyPanel, throughputPanel } from './panels.js';

/**
 * The choice of what the timeline shows: all requests, or one label.
 * @import { Data } from './read-data.js'
 * @import { Panel } from './panels.js'
 * @param {Element} timeline
 * @param {Data} data
 * @param {{ read: (panel: string, columns: any) => void }} cursor
 */
export function startSubjects(timeline, { subjects }, cursor) {
  const select = /** @type {HTMLSelectElement} */ (timeline.querySelector('#subject'));
  subjects.forEach(({ name }, i) => {
    select.append(new Option(name, String(i)));
  });
  const show = (/** @type {boolean} */ isDrawn) => {
    const { curves, kind } = subjects[Number(select.value)];
    const what = { test: 'iterations', step: 'steps' }[kind] ?? 'requests';
    const panels = [throughputPanel(curves, what), errorsPanel(curves), latencyPanel(curves)];
    for (const panel of panels) {
      if (panel === null) continue;
      cursor.read(panel.id, panel.columns);
      if (!isDrawn) draw(timeline.querySelector(`[data-panel="${panel.id}"]`), panel);
    }
    const errors = timeline.querySelector('[data-panel="errors"]');
    if (errors !== null) errors.hidden = panels[1] === null;
  };
  select.addEventListener('change', () => show(false));
  show(true);
}

/** @param {Element | null} element @param {Panel} panel */
function draw(element, panel) {
  if (element === null) return;
  element.querySelector('b').textContent = panel.title;
  element.querySelector('small').textContent = panel.note;
  element.querySelector('.ys').replaceChildren(...panel.ticks.map(({ at, label }) => placed(at, label)));
  element
    .querySelector('.ends')
    .replaceChildren(...panel.ends.map(({ at, label, name }) => placed(at, label, name)));
  const grid = panel.ticks.map(({ at }) => `M0 ${Math.round(at * 10)}H4800`).join('');
  element
    .querySelector('svg g')
    .replaceChildren(
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
    element.querySelector('.plot').append(bound);
  }
}

/** @param {number | null} at per cent @param {string} label */
function placed(at, label, name = '') {
  const span = document.createElement('span');
  span.className = name;
  if (at !== null) span.style.top = `${at}%`;
  span.textContent = label;
  return span;
}

/** @param {string} name @param {string} shape */
function path(name, shape) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  element.setAttribute('class', name);
  element.setAttribute('d', shape);
  return element;
}
