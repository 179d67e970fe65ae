import { startCursor } from './cursor.ts';
import { startLabels } from './labels.ts';
import { readData } from './read-data.ts';
import { startSorting } from './sorting.ts';
import { startSubjects } from './subjects.ts';
import { startZoom } from './zoom.ts';

// The page reads without any of this. Each part stands alone: one that fails takes no other with it.
const parts = [startSorting, startLabels, unfoldForPrint];
document.documentElement.classList.add('live');
for (const part of parts) part();
const timeline = document.querySelector('#timeline');
const data = readData();
if (timeline !== null && data !== null) {
  const charts = [...document.querySelectorAll<HTMLElement>('.chart.time')];
  const cursor = startCursor(charts, data, startZoom(charts, data));
  startSubjects(timeline, data, cursor);
}

/** Paper has no summaries to click. */
function unfoldForPrint() {
  addEventListener('beforeprint', () => {
    for (const details of document.querySelectorAll('details')) details.open = true;
  });
}
