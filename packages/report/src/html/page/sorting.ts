/** Tables sort by a click on a column's head: numbers fall first, words rise first. */
export function startSorting() {
  for (const table of document.querySelectorAll<HTMLTableElement>('table.sortable')) {
    headsOf(table).forEach((head, column) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener('click', () => sort(table, head, column));
    });
  }
}

const headsOf = (table: HTMLTableElement) => [...(table.tHead?.rows[0]?.cells ?? [])];

function sort(table: HTMLTableElement, head: HTMLTableCellElement, column: number) {
  const isNumber = head.classList.contains('n') || head.textContent === 'spread';
  const before = head.getAttribute('aria-sort');
  const isFalling = before === null ? isNumber : before === 'ascending';
  for (const other of headsOf(table)) other.removeAttribute('aria-sort');
  head.setAttribute('aria-sort', isFalling ? 'descending' : 'ascending');
  for (const body of table.tBodies) sortBody(body, column, isNumber, isFalling ? -1 : 1);
}

function sortBody(body: HTMLTableSectionElement, column: number, isNumber: boolean, sign: 1 | -1) {
  const sortable = [...body.rows].filter((row) => !row.classList.contains('title'));
  const rows = sortable.map((row) => {
    const cell = row.cells[column]!;
    const { v } = cell.dataset;
    return { row, value: v === undefined ? null : Number(v), text: cell.textContent };
  });
  rows.sort((a, b) => {
    if (a.value !== null && b.value !== null) return sign * (a.value - b.value);
    // What has no number stays below, whichever way the numbers run.
    if (isNumber || a.value !== b.value) return (a.value === null ? 1 : 0) - (b.value === null ? 1 : 0);
    return sign * a.text.localeCompare(b.text, 'en');
  });
  body.append(...rows.map(({ row }) => row));
}
