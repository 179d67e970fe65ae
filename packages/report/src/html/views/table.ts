/** A table as the template draws it: words for people, numbers for sorting. */
export interface Table {
  readonly id: string;
  readonly caption: string;
  readonly columns: readonly Column[];
  /** Rows under a title of their own; a table without groups has one body without a title. */
  readonly bodies: readonly Body[];
  readonly isSortable: boolean;
}

export interface Body {
  readonly title: string;
  readonly rows: readonly Row[];
}

export interface Column {
  readonly label: string;
  /** What the column says, for those who point at it. */
  readonly title: string;
  readonly isNumber: boolean;
}

export interface Row {
  readonly cells: readonly Cell[];
  /** Groups rows that are shown together: the stage that they belong to. */
  readonly group: string;
}

export interface Cell {
  readonly text: string;
  /** What sorts it, where the text would sort wrongly. */
  readonly value: number | null;
  readonly style: string;
  /** A drawing instead of the text. */
  readonly spread?: Spread;
}

/** How times spread, on one axis for all rows: per cent from the left. */
export interface Spread {
  readonly min: number;
  readonly p10: number;
  readonly width: number;
  readonly p50: number;
  readonly p95: number;
}

/** A cell of words. */
export function word(text: string, style = ''): Cell {
  return { text, value: null, style };
}

/** A cell with a number: as a person reads it, and as it sorts. */
export function figure(text: string, value: number | null, style = ''): Cell {
  return { text, value, style };
}
