import { count, moment, perSecond } from './units.js';

/**
 * One cursor over all charts on the axis of time: the numbers of that moment stand beside each title. Also with the
 * arrow keys, once a chart has the focus.
 * @import { Column } from './panels.js'
 * @param {readonly Element[]} charts
 * @param {{ load: any, readings: { id: string, columns: Column[] }[] }} data
 * @param {{ from: number, to: number }} zoom
 * @returns {{ read: (panel: string, columns: readonly Column[]) => void }}
 */
export function startCursor(charts, { load, readings }, zoom) {
  /** @type {Map<string, readonly Column[]>} */
  const columns = new Map([['load', loadColumns(load)]]);
  for (const { id, columns: own } of readings) columns.set(id, own);
  const panels = charts.flatMap((chart) => [...chart.querySelectorAll('.panel')]);
  const firsts = new Set(charts.map((chart) => chart.querySelector('.panel')));
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
      if (firsts.has(panel)) words.unshift(said('', moment(at)));
      panel.querySelector('output').replaceChildren(...words);
    });
  };
  const hide = () => {
    for (const cursor of cursors) cursor.hidden = true;
    for (const panel of panels) panel.querySelector('output').replaceChildren();
  };

  let share = 0;
  let isAsked = false;
  const follow = (/** @type {any} */ event) => {
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
  };
  for (const chart of charts) {
    chart.addEventListener('pointermove', follow);
    chart.addEventListener('pointerleave', hide);
  }
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
