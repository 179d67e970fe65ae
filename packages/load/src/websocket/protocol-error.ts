/** What the other side did against the protocol, and the code with which the socket is closed for it (RFC 6455, 7.4.1). */
export class ProtocolError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export const PROTOCOL = 1002;
export const NOT_UTF8 = 1007;
export const TOO_BIG = 1009;
