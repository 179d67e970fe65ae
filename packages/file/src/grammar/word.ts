/** What is wrong with a written word. What is left out is said in the word's general terms. */
export interface WordMistake {
  what?: string;
  fix?: string;
  /** Characters from the beginning of the word. */
  offset?: number;
}

/** A kind of word that has a grammar of its own: a duration, a rate, a path. */
export interface Word {
  /** Completes "… is '2 minutes', not …". */
  wanted: string;
  /** What to write instead. */
  fix: string;
  /** For editors, where an expression says enough. It matches every word that is right, and maybe others. */
  pattern?: RegExp;
  /** Null when the word is right. */
  explain: (written: string) => WordMistake | null;
}

/** A word that is right if and only if it matches. */
export function plainWord(wanted: string, fix: string, pattern: RegExp): Word {
  return { wanted, fix, pattern, explain: (written) => (pattern.test(written) ? null : {}) };
}
