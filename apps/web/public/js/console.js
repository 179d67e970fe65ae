import { newPen, parseAnsi } from './ansi.js';

const mostLines = 5_000;
const longestLine = 4_000;

/**
 * The live console: lines are added as text (never as HTML), the view follows the end unless someone scrolled up.
 * @param {HTMLElement} pane the scrolling <pre>
 * @param {HTMLButtonElement} follow shown while the view does not follow
 */
export function liveConsole(pane, follow) {
  /** @type {Map<string, import('./ansi.js').Pen>} each source has its own colours */
  const pens = new Map();
  let follows = true;
  let dropped = 0;
  /** @type {HTMLElement | null} */
  let droppedNote = null;
  pane.hidden = false;

  pane.addEventListener('scroll', () => {
    follows = pane.scrollHeight - pane.scrollTop - pane.clientHeight < 24;
    follow.hidden = follows;
  });
  follow.addEventListener('click', () => {
    pane.scrollTop = pane.scrollHeight;
    pane.focus();
  });

  /** @param {{ from: string, share: number, text: string }} chunk */
  function add(chunk) {
    const key = `${chunk.from} ${chunk.share}`;
    const pen = pens.get(key) ?? newPen();
    pens.set(key, pen);
    const lines = chunk.text.split('\n');
    if (lines.at(-1) === '') lines.pop();
    const fragment = document.createDocumentFragment();
    for (const line of lines.slice(-mostLines)) fragment.append(lineElement(line, chunk.from, pen));
    pane.append(fragment);
    trim(Math.max(0, lines.length - mostLines));
    if (follows) pane.scrollTop = pane.scrollHeight;
  }

  function clear() {
    pane.replaceChildren();
    pens.clear();
    dropped = 0;
    droppedNote = null;
  }

  function trim(/** @type {number} */ skipped) {
    const room = mostLines + (droppedNote ? 1 : 0);
    let extra = pane.childElementCount - room;
    if (extra <= 0 && skipped === 0) return;
    dropped += Math.max(0, extra) + skipped;
    for (; extra > 0; extra--) (droppedNote ? droppedNote.nextSibling : pane.firstChild)?.remove();
    if (!droppedNote) {
      droppedNote = document.createElement('div');
      droppedNote.className = 'cutline';
      pane.prepend(droppedNote);
    }
    droppedNote.textContent = `${dropped} earlier lines are in the full text.`;
  }

  return { add, clear };
}

/**
 * @param {string} line
 * @param {string} from
 * @param {import('./ansi.js').Pen} pen
 */
function lineElement(line, from, pen) {
  const element = document.createElement('div');
  element.className = `from-${from}`;
  const cut = line.length > longestLine;
  for (const span of parseAnsi(cut ? line.slice(0, longestLine) : line, pen)) {
    if (span.style === '') {
      element.append(span.text);
    } else {
      const piece = document.createElement('span');
      piece.className = span.style;
      piece.textContent = span.text;
      element.append(piece);
    }
  }
  if (cut) {
    const more = document.createElement('span');
    more.className = 'cutline';
    more.textContent = ` … ${line.length - longestLine} more characters are in the full text.`;
    element.append(more);
  }
  return element;
}
