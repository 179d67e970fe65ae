import { count, moment, perSecond } from './units.js';

/**
 * One cursor over all charts of the timeline: the numbers of that moment stand beside each chart's title. Also with
 * the arrow keys, once a chart has the focus.
 * @import { Column } from './panels.js'
 * @param {Element} timeline
 * @param {{ load: any }} data
 * @param {{ from: number, to: number }} zoom
 * @returns {{ read: (panel: string, columns: readonly Column[]) => void }}
 */
export function startCursor(timeline, { load }, zoom) {
  /** @type {Map<string, readonly Column[]>} */
  const columns = new Map([['load', loadColumns(load)]]);
  const panels = [...timeline.querySelectorAll('.panel')];
  const cursors = panels.map((panel) => {
    const line = document.createElement('div');
    line.className = 'cursor';
    line.hidden = true;
    panel.querySelector('.plot').append(line);
    return line;
  });

  const show = (/** @type {number} */ share) => {
    const at = zoom.from + share * (zoom.to - zoom.from);
    panels.forEach((panel, i) => {
      cursors[i].hidden = false;
      cursors[i].style.left = `${share * 100}%`;
      const words = wordsAt(columns.get(panel.dataset.panel) ?? [], at);
      if (i === 0) words.unshift(said('', moment(at)));
      panel.querySelector('output').replaceChildren(...words);
    });
  };
  const hide = () => {
    for (const cursor of cursors) cursor.hidden = true;
    for (const panel of panels) panel.querySelector('output').replaceChildren();
  };

  let share = 0;
  let isAsked = false;
  timeline.addEventListener('pointermove', (event) => {
    const plot = event.target.closest('.plot');
    if (plot === null) return;
    const box = plot.getBoundingClientRect();
    share = Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => {
      isAsked = false;
      show(share);
    });
  });
  timeline.addEventListener('pointerleave', hide);
  for (const panel of panels) {
    const plot = panel.querySelector('.plot');
    plot.tabIndex = 0;
    plot.addEventListener('keydown', (event) => {
      const step = { ArrowLeft: -0.005, ArrowRight: 0.005 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      share = Math.max(0, Math.min(1, share + step));
      show(share);
    });
    plot.addEventListener('blur', hide);
  }
  return { read: (panel, next) => columns.set(panel, next) };
}

/** @param {readonly Column[]} columns @param {number} at ms */
function wordsAt(columns, at) {
  return columns.flatMap(({ name, label, from, width, values }) => {
    const value = values[Math.floor((at - from) / width)];
    return value === undefined ? [] : [said(name, value, label)];
  });
}

/** @param {string} name @param {string} value @param {string} [label] */
function said(name, value, label = '') {
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

/** @param {any} load @returns {Column[]} */
function loadColumns({ from, width, users, offered, started }) {
  const rate = (/** @type {number[]} */ counts) => counts.map((n) => perSecond((n * 1000) / width));
  const columns = [{ name: 'users', label: 'users', from, width, values: users.map(count) }];
  if (offered.every((/** @type {number} */ n) => n === 0)) return columns;
  return [
    { name: 'users', label: 'offered', from, width, values: rate(offered) },
    { name: 'users', label: 'started', from, width, values: rate(started) },
    ...columns,
  ];
}
