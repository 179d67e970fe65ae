import { startCursor } from './cursor.js';
import { startLabels } from './labels.js';
import { readData } from './read-data.js';
import { startSorting } from './sorting.js';
import { startSubjects } from './subjects.js';
import { startZoom } from './zoom.js';

// The page reads without any of this. Each part stands alone: one that fails takes no other with it.
const parts = [startSorting, startLabels, unfoldForPrint];
document.documentElement.classList.add('live');
for (const part of parts) part();
const timeline = document.querySelector('#timeline');
const data = readData();
if (timeline !== null && data !== null) {
  const charts = [...document.querySelectorAll('.chart.time')];
  const zoom = startZoom(charts, data);
  const cursor = startCursor(charts, data, zoom);
  startSubjects(timeline, data, cursor);
}

/** Paper has no summaries to click. */
function unfoldForPrint() {
  addEventListener('beforeprint', () => {
    for (const details of document.querySelectorAll('details')) details.open = true;
  });
}
