import { newPen, type Pen, parseAnsi } from '../parts/ansi.ts';

const MOST_LINES = 5_000;
const LONGEST_LINE = 4_000;

/**
 * The live console: lines are added as text (never as HTML), the view follows the end unless someone scrolled up.
 * @param pane the scrolling <pre>
 * @param follow shown while the view does not follow
 */
export function liveConsole(pane: HTMLElement, follow: HTMLElement) {
  /** Each source has its own colours. */
  const pens = new Map<string, Pen>();
  let follows = true;
  let dropped = 0;
  let droppedNote: HTMLElement | null = null;
  pane.hidden = false;

  pane.addEventListener('scroll', () => {
    follows = pane.scrollHeight - pane.scrollTop - pane.clientHeight < 24;
    follow.hidden = follows;
  });
  follow.addEventListener('click', () => {
    pane.scrollTop = pane.scrollHeight;
    pane.focus();
  });

  function add(chunk: { from: string; share: number; text: string }) {
    const key = `${chunk.from} ${chunk.share}`;
    const pen = pens.get(key) ?? newPen();
    pens.set(key, pen);
    const lines = chunk.text.split('\n');
    if (lines.at(-1) === '') lines.pop();
    const fragment = document.createDocumentFragment();
    for (const line of lines.slice(-MOST_LINES)) fragment.append(lineElement(line, chunk.from, pen));
    pane.append(fragment);
    trim(Math.max(0, lines.length - MOST_LINES));
    if (follows) pane.scrollTop = pane.scrollHeight;
  }

  function clear() {
    pane.replaceChildren();
    pens.clear();
    dropped = 0;
    droppedNote = null;
  }

  function trim(skipped: number) {
    const room = MOST_LINES + (droppedNote ? 1 : 0);
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

function lineElement(line: string, from: string, pen: Pen) {
  const element = document.createElement('div');
  element.className = `from-${from}`;
  const cut = line.length > LONGEST_LINE;
  for (const span of parseAnsi(cut ? line.slice(0, LONGEST_LINE) : line, pen)) {
    if (span.style === '') {
      element.append(span.text);
    } else {
      const part = document.createElement('span');
      part.className = span.style;
      part.textContent = span.text;
      element.append(part);
    }
  }
  if (cut) {
    const more = document.createElement('span');
    more.className = 'cutline';
    more.textContent = ` … ${line.length - LONGEST_LINE} more characters are in the full text.`;
    element.append(more);
  }
  return element;
}
