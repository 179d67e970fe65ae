/**
 * Server-rendered parts of a page that renew themselves: elements with `data-region`. The answer of `url` holds the
 * same regions; those that differ replace what is shown, and keyboard focus stays where it was.
 */

/** The server answered, but not with the page. */
export class RenewalError extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`the server answered ${status}`);
    this.status = status;
  }
}

/** url → the ETag of what is shown */
const shown = new Map<string, string>();

/** @returns whether anything changed */
export async function renewRegions(url: string, signal: AbortSignal): Promise<boolean> {
  const etag = shown.get(url);
  const response = await fetch(url, {
    headers: etag ? { 'if-none-match': etag } : {},
    signal,
    cache: 'no-store',
  });
  if (response.status === 304) return false;
  if (!response.ok) throw new RenewalError(response.status);
  shown.set(url, response.headers.get('etag') ?? '');
  const next = new DOMParser().parseFromString(await response.text(), 'text/html');
  let changed = false;
  for (const region of next.querySelectorAll<HTMLElement>('[data-region]')) {
    changed = renew(region) || changed;
  }
  return changed;
}

function renew(next: HTMLElement): boolean {
  const name = next.dataset.region ?? '';
  const old = document.querySelector(`[data-region="${CSS.escape(name)}"]`);
  if (!(old instanceof HTMLElement) || plain(old) === plain(next)) return false;
  const focused = old.contains(document.activeElement) ? pathTo(old, document.activeElement) : null;
  old.replaceChildren(...next.childNodes);
  old.hidden = next.hidden;
  if (focused) old.querySelector<HTMLElement>(focused)?.focus();
  say(old);
  return true;
}

/** The content without what the browser changes by itself: ages, counted seconds. */
function plain(region: HTMLElement): string {
  return region.innerHTML
    .replace(/<time datetime="([^"]*)"[^>]*>[^<]*<\/time>/g, '$1')
    .replace(/<span class="spent"[^>]*>[^<]*/g, '');
}

/** What a screen reader should hear: a region may carry one sentence for it. */
function say(region: HTMLElement) {
  const sentence = region.querySelector('[data-say]')?.getAttribute('data-say');
  const said = document.getElementById('said');
  if (sentence && said && said.textContent !== sentence) said.textContent = sentence;
}

/** How to find an element again after its region was replaced. */
function pathTo(region: HTMLElement, element: Element | null): string | null {
  if (!element || element === region) return null;
  if (element.id) return `#${CSS.escape(element.id)}`;
  const href = element.getAttribute('href');
  if (href) return `a[href="${CSS.escape(href)}"]`;
  const value = element.getAttribute('data-key');
  return value ? `[data-key="${CSS.escape(value)}"]` : null;
}
