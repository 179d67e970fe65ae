import { formatRelativeTime } from '@marteau/shared/format';

/** Rewrites "3 min ago" as time goes by, and shows the reader's own time on hover. */
export function keepAgesTrue() {
  const update = () => {
    if (!document.hidden) for (const time of document.querySelectorAll('time[datetime]')) refresh(time);
  };
  update();
  setInterval(update, 10_000);
  document.addEventListener('visibilitychange', update);
}

export function refresh(time: Element) {
  const at = Date.parse(time.getAttribute('datetime') ?? '');
  if (Number.isNaN(at)) return;
  if (!time.hasAttribute('data-exact')) {
    time.setAttribute('data-exact', '');
    time.setAttribute(
      'title',
      new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' }),
    );
  }
  const now = Date.now();
  // What has just happened by a clock that is ahead of this one is no prophecy.
  const text = formatRelativeTime(Math.min(at, now), now);
  if (time.textContent !== text) time.textContent = text;
}
