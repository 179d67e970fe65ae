import { startCursor } from './cursor.ts';
import { readData } from './read-data.ts';
import { startSorting } from './sorting.ts';
import { startSubjects } from './subjects.ts';
import { startZoom } from './zoom.ts';

// The page reads without any of this. Each part stands alone: one that fails takes no other with it.
const parts = [startSorting, startLabels, unfoldForPrint, handOnKey];
document.documentElement.classList.add('live');
for (const part of parts) part();
const timeline = document.querySelector('#timeline');
const data = readData();
if (timeline !== null && data !== null) {
  const charts = [...document.querySelectorAll<HTMLElement>('.chart.time')];
  const cursor = startCursor(charts, data, startZoom(charts, data));
  startSubjects(timeline, data, cursor);
}

/** Whoever came by the signed link of a mail opens the run's data by the same key, on the same server. */
function handOnKey() {
  if (!new URLSearchParams(location.search).has('key')) return;
  for (const link of document.querySelectorAll<HTMLAnchorElement>('dd.data a'))
    if (link.host === location.host) link.search = location.search;
}

/** Paper has no summaries to click. */
function unfoldForPrint() {
  addEventListener('beforeprint', () => {
    for (const details of document.querySelectorAll('details')) details.open = true;
  });
}

/** Which labels the tables show: those that hold the words, in the stage that was chosen. */
export function startLabels() {
  const section = document.querySelector('#labels');
  const find = section?.querySelector<HTMLInputElement>('#find');
  if (!section || !find) return;
  const step = section.querySelector<HTMLSelectElement>('#step');
  const show = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const has = (text = '') => words.every((word) => text.toLowerCase().includes(word));
    for (const row of section.querySelectorAll<HTMLTableRowElement>('tr[data-group]')) {
      const isStage = step === null || row.dataset.group === step.value;
      row.hidden = !isStage || !has(row.cells[0]?.textContent);
    }
    for (const label of section.querySelectorAll<HTMLElement>('details.label')) {
      label.hidden = !has(label.querySelector('b')?.textContent);
    }
  };
  find.addEventListener('input', show);
  step?.addEventListener('change', show);
}
