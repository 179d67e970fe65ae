/** Up to how many seconds, and how many seconds make one: the steps of formatRelativeTime in packages/shared. */
const steps = /** @type {const} */ ([
  [60, 1, 's', 's'],
  [3_600, 60, 'min', 'min'],
  [86_400, 3_600, 'h', 'h'],
  [30 * 86_400, 86_400, 'day', 'days'],
  [365 * 86_400, 30 * 86_400, 'month', 'months'],
  [Number.POSITIVE_INFINITY, 365 * 86_400, 'year', 'years'],
]);

/** Rewrites "3 min ago" as time goes by, and shows the reader's own time on hover. */
export function keepAgesTrue() {
  const update = () => {
    if (!document.hidden) for (const time of document.querySelectorAll('time[datetime]')) refresh(time);
  };
  update();
  setInterval(update, 10_000);
  document.addEventListener('visibilitychange', update);
}

/** @param {Element} time */
export function refresh(time) {
  const at = Date.parse(time.getAttribute('datetime') ?? '');
  if (Number.isNaN(at)) return;
  if (!time.hasAttribute('data-exact')) {
    time.setAttribute('data-exact', '');
    time.setAttribute(
      'title',
      new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' }),
    );
  }
  const text = age(Date.now() - at);
  if (time.textContent !== text) time.textContent = text;
}

/** @param {number} ms how long ago */
export function age(ms) {
  const seconds = ms / 1000;
  if (seconds < 1) return 'just now';
  const [, size, one, many] = steps.find(([below]) => seconds < below) ?? steps[5];
  const count = Math.floor(seconds / size);
  return `${count} ${count === 1 ? one : many} ago`;
}
