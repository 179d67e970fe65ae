/** A parser of foreign bytes, as a fuzzer meets it. */
export interface Target {
  /** Its file's name, and that of its folder in corpus/. */
  readonly name: string;
  /**
   * Has the parser read an input, and checks what came of it. Returns where the bytes were read, or refused as they
   * should be; whatever it throws is a finding, as are 2 s of processor time and 1 GB of memory.
   */
  run(bytes: Buffer): void;
  /** Where to begin, beside the corpus: mostly the fixtures of other tests. */
  seeds(): Buffer[];
  /** What inputs are made of, beside the texts in the parser's code; latin1. */
  readonly dictionary?: readonly string[];
  /** The longest input, in bytes; 4096 unless it says so. */
  readonly most?: number;
}
