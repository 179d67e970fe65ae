/** An order with parameters, of which colours are one kind; an order with a text (titles, the clipboard); any other. */
const CSI = /\x1b\[[\x30-\x3f]*[\x20-\x2f]*[\x40-\x7e]/y;
const COLOUR = /^\x1b\[[\d;:]*m$/;
const OTHER = /\x1b[\x20-\x2f]*[\x30-\x7e]/y;
const TEXT_BEGINS = ']PX^_';
const TEXT_ENDS = /\x07|\x1b\\|\x9c/g;

/**
 * What strangers wrote, as a terminal, a log and a page may have it: colours stay, every other order is left out, and
 * bytes that show nothing become visible. Lines and tabs stay. Reads each character once.
 */
export function shownText(text: string): string {
  let shown = '';
  let from = 0;
  let isOpen = true;
  for (let at = text.indexOf('\x1b'); at >= 0; at = text.indexOf('\x1b', from)) {
    shown += text.slice(from, at);
    const next = text[at + 1] ?? '';
    const order = matchAt(next === '[' ? CSI : OTHER, text, at);
    if (COLOUR.test(order)) shown += order;
    from = at + Math.max(1, order.length);
    if (next === '' || !TEXT_BEGINS.includes(next) || !isOpen) continue;
    TEXT_ENDS.lastIndex = from;
    isOpen = TEXT_ENDS.test(text);
    if (isOpen) from = TEXT_ENDS.lastIndex;
  }
  return (shown + text.slice(from))
    .replaceAll('\x07', '')
    .replace(/[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]/g, '\u{fffd}');
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}
