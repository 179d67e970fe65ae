/** What became of one try. `later`: the other side may take it another time. `refused`: it never will. */
export interface Told {
  readonly outcome: 'sent' | 'later' | 'refused';
  /** One line. */
  readonly detail: string;
  /** Not before, ms. */
  readonly afterMs?: number | null;
}
