/** What is wrong with a text. What is left out is said in the grammar's general terms. */
export interface GrammarMistake {
  what?: string;
  fix?: string;
  /** Characters from the beginning of the text. */
  offset?: number;
}

/** How a text of the file is written: a duration, a rate, a path. */
export interface Grammar {
  /** Completes "… is '2 minutes', not …". */
  wanted: string;
  /** What to write instead. */
  fix: string;
  /** For editors, where an expression says enough. It matches every text that is right, and maybe others. */
  pattern?: RegExp;
  /** Null when the text is right. */
  explain: (written: string) => GrammarMistake | null;
}

/** A grammar by which a text is right if and only if it matches. */
export function plainGrammar(wanted: string, fix: string, pattern: RegExp): Grammar {
  return { wanted, fix, pattern, explain: (written) => (pattern.test(written) ? null : {}) };
}
