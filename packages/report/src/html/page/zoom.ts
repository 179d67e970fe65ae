import { formatMoment } from '@marteau/shared/format';
import { PLOT_WIDTH } from '../draw/path.ts';
import { timeTicks } from '../draw/scale.ts';

/** The part of the time that is shown, ms. */
interface Shown {
  from: number;
  to: number;
}

/** Drag over a chart to see that part of the time in all of them; Escape, a double click or the button shows all again. */
export function startZoom(charts: readonly HTMLElement[], { end }: { end: number }): Readonly<Shown> {
  const state = { from: 0, to: end };
  const reset = document.querySelector<HTMLButtonElement>('#unzoom')!;
  const all = (selector: string) =>
    charts.flatMap((chart) => [...chart.querySelectorAll<HTMLElement>(selector)]);
  const share = (ms: number) => ((ms - state.from) / (state.to - state.from)) * 100;

  const show = (from: number, to: number) => {
    state.from = Math.max(0, from);
    state.to = Math.min(end, to);
    const left = (state.from / end) * PLOT_WIDTH;
    const width = ((state.to - state.from) / end) * PLOT_WIDTH;
    for (const svg of all('.plot svg')) svg.setAttribute('viewBox', `${left} 0 ${width} 1000`);
    for (const band of all('.bands span')) {
      const [begin, stop] = [Number(band.dataset.at), Number(band.dataset.to)];
      band.style.left = `${Math.max(0, share(begin))}%`;
      band.hidden = stop <= state.from || begin >= state.to;
    }
    for (const row of all('.xs .track')) {
      row.replaceChildren(
        ...timeTicks(state.from, state.to).map((at) => {
          const tick = document.createElement('span');
          tick.style.left = `${share(at)}%`;
          tick.textContent = formatMoment(at);
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

function dragOver(plot: HTMLElement, state: Shown, show: (from: number, to: number) => void) {
  const at = (event: PointerEvent) => {
    const box = plot.getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
  };
  plot.addEventListener('pointerdown', (down) => {
    if (down.button !== 0 || down.pointerType === 'touch') return;
    const begin = at(down);
    const brush = document.createElement('div');
    brush.className = 'brush';
    plot.setPointerCapture(down.pointerId);
    const move = (event: PointerEvent) => {
      const now = at(event);
      if (Math.abs(now - begin) > 0.01 && !brush.isConnected) plot.append(brush);
      brush.style.left = `${Math.min(begin, now) * 100}%`;
      brush.style.width = `${Math.abs(now - begin) * 100}%`;
    };
    const drop = (event: PointerEvent) => {
      plot.removeEventListener('pointermove', move);
      plot.removeEventListener('pointerup', drop);
      plot.removeEventListener('pointercancel', drop);
      const now = at(event);
      const [from, to] = [Math.min(begin, now), Math.max(begin, now)];
      if (brush.isConnected && event.type === 'pointerup') {
        const length = state.to - state.from;
        if (to - from > 0.01) show(state.from + from * length, state.from + to * length);
      }
      brush.remove();
    };
    plot.addEventListener('pointermove', move);
    plot.addEventListener('pointerup', drop);
    plot.addEventListener('pointercancel', drop);
  });
}
