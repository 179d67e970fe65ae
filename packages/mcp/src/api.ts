/** The API of a server, as whoever asks may use it. */
export interface Api {
  /** @throws ApiRefusal */
  call<T>(method: 'GET' | 'POST', path: string, body?: object, headers?: Record<string, string>): Promise<T>;
}

/** The server says no, in a sentence. */
export class ApiRefusal extends Error {
  readonly code: string;
  constructor(code: string, sentence: string) {
    super(sentence);
    this.code = code;
  }
}
