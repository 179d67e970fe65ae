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
  /** A pattern for editors, where one says enough. */
  pattern?: string;
  /** Null when the word is right. */
  explain: (written: string) => WordMistake | null;
}

/** A word that is right or wrong as a whole. */
export function plainWord(
  wanted: string,
  fix: string,
  accepts: (written: string) => boolean,
  pattern?: string,
): Word {
  const word: Word = { wanted, fix, explain: (written) => (accepts(written) ? null : {}) };
  return pattern === undefined ? word : { ...word, pattern };
}
