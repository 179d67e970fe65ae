import { ParseError } from '../parse-error.ts';
import type { ErrorName } from './error-codes.ts';

/** What the server did that breaks HTTP/2 for all streams of the connection (RFC 9113, 5.4.1); `said` goes into GOAWAY. */
export class ConnectionError extends ParseError {
  readonly said: ErrorName;

  /** @param part what of the protocol was broken: 'frame size', 'hpack', 'settings', … */
  constructor(part: string, detail: string, said: ErrorName = 'PROTOCOL_ERROR') {
    super(part, detail);
    this.said = said;
  }
}

/** What breaks one answer alone (RFC 9113, 5.4.2 and 8.1.1); `said` goes into RST_STREAM. */
export class StreamError extends ParseError {
  readonly said: ErrorName;

  /** @param part as of a ConnectionError */
  constructor(part: string, detail: string, said: ErrorName = 'PROTOCOL_ERROR') {
    super(part, detail);
    this.said = said;
  }
}

export function wrongSize(frame: string, size: number): ConnectionError {
  return new ConnectionError('frame size', `${frame} of ${size} bytes`, 'FRAME_SIZE_ERROR');
}

export function wrongStream(frame: string, id: number): ConnectionError {
  return new ConnectionError('stream id', `${frame} on stream ${id}`);
}

export function tooLarge(): ConnectionError {
  return new ConnectionError('window', 'a window is made too large', 'FLOW_CONTROL_ERROR');
}
