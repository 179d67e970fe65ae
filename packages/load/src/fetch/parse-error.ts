/** What in an answer broke HTTP/1.1; `code` is the error class that the report counts. */
export class ParseError extends Error {
  override readonly name = 'ParseError';
  readonly code: string;

  /** @param part the part of the answer: 'status line', 'content-length', 'chunk size', … */
  constructor(part: string, detail: string) {
    super(detail);
    this.code = `parse: ${part}`;
  }
}
