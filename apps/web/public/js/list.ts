/** Pages that show what happens now: their regions are asked for again every two seconds while the tab is seen. */
import { refresh } from './parts/ages.ts';
import { renewRegions } from './parts/regions.ts';
import { whileVisible } from './parts/visible.ts';

const EVERY_MS = 2_000;
const url = document.querySelector('[data-renew]')?.getAttribute('data-renew');

if (url) {
  whileVisible((signal) => {
    let wait = EVERY_MS;
    const again = async () => {
      try {
        const changed = await renewRegions(url, signal);
        if (changed) for (const time of document.querySelectorAll('time[datetime]')) refresh(time);
        wait = EVERY_MS;
        away(false);
      } catch {
        if (signal.aborted) return;
        wait = Math.min(wait * 2, 30_000);
        away(true);
      }
      if (!signal.aborted) setTimeout(again, wait);
    };
    again();
  });
}

/** Says that what is shown may be old. */
function away(isAway: boolean) {
  const note = document.getElementById('away');
  if (note) note.hidden = !isAway;
}
