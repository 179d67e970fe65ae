/** A name as it may stand in a marker: nothing that ends a comment of HTML, and no colon. */
export function nameIn(text: string): string {
  return text
    .replace(/[^\p{L}\p{N} ._/-]+/gu, ' ')
    .replace(/-{2,}/g, '-')
    .trim()
    .slice(0, 120);
}
