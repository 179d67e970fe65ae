import { plotWidth } from './path.js';
import { timeTicks } from './scale.js';
import { moment } from './units.js';

/**
 * Drag over a chart to see that stretch of time in all of them; Escape, a double click or the button shows all again.
 * @param {readonly Element[]} charts
 * @param {{ end: number }} data
 * @returns {{ readonly from: number, readonly to: number, readonly isDragging: boolean }} the stretch that is shown, ms
 */
export function startZoom(charts, { end }) {
  const state = { from: 0, to: end, isDragging: false };
  const reset = /** @type {HTMLButtonElement} */ (document.querySelector('#unzoom'));
  const all = (/** @type {string} */ selector) =>
    charts.flatMap((chart) => [...chart.querySelectorAll(selector)]);
  const share = (/** @type {number} */ ms) => ((ms - state.from) / (state.to - state.from)) * 100;

  const show = (/** @type {number} */ from, /** @type {number} */ to) => {
    state.from = Math.max(0, from);
    state.to = Math.min(end, to);
    const left = (state.from / end) * plotWidth;
    const width = ((state.to - state.from) / end) * plotWidth;
    for (const svg of all('.plot svg')) svg.setAttribute('viewBox', `${left} 0 ${width} 1000`);
    for (const band of all('.bands span')) {
      const [begin, stop] = [Number(band.dataset.at), Number(band.dataset.to)];
      band.style.left = `${Math.max(0, share(begin))}%`;
      band.hidden = stop <= state.from || begin >= state.to;
    }
    for (const lane of all('.xs .lane')) {
      lane.replaceChildren(
        ...timeTicks(state.from, state.to).map((at) => {
          const tick = document.createElement('span');
          tick.style.left = `${share(at)}%`;
          tick.textContent = moment(at);
          return tick;
        }),
      );
    }
    reset.hidden = state.from === 0 && state.to === end;
  };

  for (const plot of all('.plot')) dragOver(plot, state, show);
  reset.addEventListener('click', () => show(0, end));
  for (const chart of charts) chart.addEventListener('dblclick', () => show(0, end));
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape') show(0, end);
  });
  return state;
}

/**
 * @param {Element} plot
 * @param {{ from: number, to: number, isDragging: boolean }} state
 * @param {(from: number, to: number) => void} show
 */
function dragOver(plot, state, show) {
  const at = (/** @type {PointerEvent} */ event) => {
    const box = plot.getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
  };
  plot.addEventListener('pointerdown', (down) => {
    if (down.button !== 0 || down.pointerType === 'touch') return;
    const begin = at(down);
    const brush = document.createElement('div');
    brush.className = 'brush';
    plot.setPointerCapture(down.pointerId);
    const move = (/** @type {PointerEvent} */ event) => {
      const now = at(event);
      if (Math.abs(now - begin) > 0.01 && !brush.isConnected) plot.append(brush);
      state.isDragging = brush.isConnected;
      brush.style.left = `${Math.min(begin, now) * 100}%`;
      brush.style.width = `${Math.abs(now - begin) * 100}%`;
    };
    const drop = (/** @type {PointerEvent} */ event) => {
      plot.removeEventListener('pointermove', move);
      plot.removeEventListener('pointerup', drop);
      plot.removeEventListener('pointercancel', drop);
      const [from, to] = [begin, at(event)].sort((a, b) => a - b);
      if (brush.isConnected && event.type === 'pointerup') {
        const length = state.to - state.from;
        if (to - from > 0.01) show(state.from + from * length, state.from + to * length);
      }
      brush.remove();
      state.isDragging = false;
    };
    plot.addEventListener('pointermove', move);
    plot.addEventListener('pointerup', drop);
    plot.addEventListener('pointercancel', drop);
  });
}
