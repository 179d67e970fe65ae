/** Longer texts are cut: nobody reads a word of 10 KB, and results.json keeps all of it. */
const LONGEST = 400;

/** Control characters, and those that turn the direction of what follows, as visible codes. */
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** Text that somebody else wrote, made harmless to read; escaping is the template's part. */
export function readable(text: string, limit: number = LONGEST): string {
  const whole = text.length > limit ? `${text.slice(0, limit).toWellFormed()}…` : text.toWellFormed();
  return whole.replace(UNSEEN, (character) => `⟨${character.charCodeAt(0).toString(16).padStart(4, '0')}⟩`);
}

/** An address that may be a link; null for everything that is not plain http or https. */
export function safeLink(text: string | null): string | null {
  if (text === null || !URL.canParse(text)) return null;
  const { protocol, href } = new URL(text);
  return protocol === 'https:' || protocol === 'http:' ? href : null;
}

/** Where a commit can be seen, for the hosts that all name it alike; null where that is not known. */
export function commitLink(repo: string, commit: string | null): string | null {
  const base = safeLink(repo)?.replace(/(\.git)?\/?$/, '');
  if (commit === null || base === undefined) return null;
  const { hostname } = new URL(base);
  if (hostname.includes('gitlab')) return `${base}/-/commit/${commit}`;
  return /(^|\.)(github\.com|codeberg\.org|gitea\.com)$/.test(hostname) ? `${base}/commit/${commit}` : null;
}

/** JSON that may stand inside a script element. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for HTML, in an element or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

/** Letters of scripts that run from right to left. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/**
 * HTML whose text must not carry its neighbours along where it runs from right to left: neither the whole, nor the
 * names that a sentence quotes, after which its numbers would change places.
 * @param html escaped
 */
export function isolated(html: string): string {
  const inside = RIGHT_TO_LEFT.test(html)
    ? html.replace(/&quot;(.+?)&quot;/g, '&quot;<bdi>$1</bdi>&quot;')
    : html;
  return `<bdi>${inside}</bdi>`;
}

/** What a sentence has in backticks as code. @param html escaped */
export function withCode(html: string): string {
  return html.replace(/`([^`\n]{1,200})`/g, '<code>$1</code>');
}
