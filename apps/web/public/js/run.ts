/** The page of one run: live console, live charts, and regions that turn into the summary when the run ends. */
import { formatDuration } from '@marteau/shared/format';
import { RenewalError, renewRegions } from './parts/regions.ts';
import { liveCharts } from './run/charts.ts';
import { liveConsole } from './run/console.ts';
import type { Point } from './run/series.ts';
import { openStream } from './run/stream.ts';

const page = document.querySelector<HTMLElement>('[data-run]')!;
const pane = document.getElementById('console')!;
const follow = document.querySelector<HTMLButtonElement>('#follow')!;
const charts = liveCharts(document.getElementById('charts')!);
const screen = liveConsole(pane, follow);
const away = document.getElementById('away');

// The stream begins at the run's first line: what the server printed into the page would stand there twice.
screen.clear();

const ENDS = ['finished', 'cancelled', 'error'];

let startedAt = 0;
/** Moments of faults before the first tick told when the load started. */
let early: number[] = [];
let state = page.dataset.state ?? '';

showBounds();
if (ENDS.includes(state)) charts.end();

const close = openStream(page.dataset.events ?? '', {
  event(type, data) {
    const told = JSON.parse(data);
    if (type === 'console') screen.add(told);
    else if (type === 'tick') tick(told);
    else if (type === 'fault') fault(told.at);
    else if (type === 'state') changed(told);
  },
  away(isAway) {
    if (away) away.hidden = !isAway;
  },
});

/** The thresholds are known once the file was read. */
function showBounds() {
  const written = page.querySelector('[data-bounds]')?.getAttribute('data-bounds');
  if (written) charts.bounds(JSON.parse(written));
}

function tick(data: Point & { at: number }) {
  startedAt = data.at - data.second * 1000;
  charts.add(data);
  for (const at of early.splice(0)) fault(at);
}

/** @param at ms since 1970 */
function fault(at: number) {
  if (startedAt === 0) early.push(at);
  else charts.fault(Math.max(0, (at - startedAt) / 1000));
}

function changed(data: { state: string }) {
  // A lost attempt does not count.
  if (data.state === 'waiting' && state === 'running') {
    charts.clear();
    startedAt = 0;
    early = [];
  }
  state = data.state;
  if (ENDS.includes(state)) charts.end();
  renewSoon();
}

// Repeats go on after the run has ended, and its stream tells nothing of them.
setInterval(() => {
  if (!document.hidden && page.querySelector('[data-going]')) renewSoon();
}, 5_000);

let timer = 0;
let renewing = false;
let again = false;

/** At most one renewal a second, however fast a clone counts its objects. */
function renewSoon() {
  again = true;
  if (timer || renewing) return;
  timer = window.setTimeout(renew, 150);
}

// Who deletes the run leaves its page, and asks no more for what is about to be gone.
const leaving = new AbortController();
page.addEventListener('submit', ({ target }) => {
  if (target instanceof Element && target.closest('#sure')) leaving.abort();
});

async function renew() {
  timer = 0;
  if (leaving.signal.aborted) return;
  renewing = true;
  again = false;
  try {
    if (await renewRegions(page.dataset.renew ?? '', leaving.signal)) showBounds();
  } catch (error) {
    if (leaving.signal.aborted) return;
    // Somebody deleted the run: there is nothing to ask for any more.
    if (error instanceof RenewalError && error.status === 404) return;
    again = true;
  }
  const title = document.querySelector<HTMLElement>('[data-title]');
  document.title = title?.dataset.title ?? document.title;
  const shows = title?.dataset.shows ?? '';
  // Another server may answer from before what this one told.
  if (shows !== state && !ENDS.includes(shows)) again = true;
  setTimeout(() => {
    renewing = false;
    if (again) renewSoon();
  }, 850);
}

/** What is under way, and when it began by this browser's own count. */
let counted: { spent: Element; begin: number } | null = null;

// It goes on counting between two renewals.
setInterval(() => {
  const spent = page.querySelector('[data-spent]');
  if (!spent || document.hidden) return;
  if (counted?.spent !== spent) {
    counted = { spent, begin: performance.now() - Number(spent.getAttribute('data-spent')) };
  }
  const seconds = Math.round((performance.now() - counted.begin) / 1000);
  spent.textContent = formatDuration(seconds * 1000);
}, 1_000);

addEventListener('pagehide', (event) => event.persisted || close());
