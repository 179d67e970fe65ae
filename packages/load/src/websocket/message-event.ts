/** A message as scripts see it: a `MessageEvent` of a tenth of the price of Node's own. */
export class SocketMessage extends Event {
  readonly data: unknown;
  readonly origin: string;
  readonly lastEventId: string;
  readonly source = null;
  readonly ports: readonly unknown[] = [];

  constructor(data: unknown, origin: string, type = 'message', lastEventId = '') {
    super(type);
    this.data = data;
    this.origin = origin;
    this.lastEventId = lastEventId;
  }
}

/** What went wrong, as Node's own tells it. */
export class SocketError extends Event {
  readonly error: Error;
  readonly message: string;

  constructor(error: Error) {
    super('error');
    this.error = error;
    this.message = error.message;
  }
}

// An instance has all of this as its own; what is behind it says what it is.
Object.setPrototypeOf(SocketMessage.prototype, MessageEvent.prototype);
