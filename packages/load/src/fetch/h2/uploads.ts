import type { Socket } from 'node:net';
import { FRAME_SIZE, LARGEST_WINDOW, WINDOW } from './frame-types.ts';
import type { FrameWriter } from './frame-writer.ts';
import { tooLarge } from './http2-error.ts';
import type { RequestWriter } from './request-writer.ts';
import type { ServerSettings } from './settings.ts';
import type { Stream } from './stream.ts';

/** The bodies of requests that one connection sends, a frame of each in turn, as windows and socket allow (RFC 9113, 5.2). */
export class Uploads {
  readonly #frames: FrameWriter;
  readonly #socket: Socket;
  readonly #requests: RequestWriter;
  readonly #server: ServerSettings;
  readonly #streams = new Set<Stream>();
  /** Bytes that the server takes on all streams together. */
  #window = WINDOW;

  constructor(frames: FrameWriter, socket: Socket, requests: RequestWriter, server: ServerSettings) {
    this.#frames = frames;
    this.#socket = socket;
    this.#requests = requests;
    this.#server = server;
    socket.on('drain', () => this.pump());
  }

  get isIdle(): boolean {
    return this.#streams.size === 0;
  }

  /** Something of a stream's body is there to be sent. */
  add(stream: Stream): void {
    this.#streams.add(stream);
    this.pump();
  }

  /** A stream is over. */
  remove(stream: Stream): void {
    this.#streams.delete(stream);
    stream.upload?.settle();
  }

  /** The server takes more on all streams together. */
  allow(more: number): void {
    this.#window += more;
    if (this.#window > LARGEST_WINDOW) throw tooLarge();
  }

  pump(): void {
    for (let goesOn = !this.isIdle; goesOn; ) {
      goesOn = false;
      for (const stream of this.#streams) {
        if (this.#frames.isFull(this.#socket)) {
          stream.upload!.waited = true;
          return;
        }
        const most = Math.min(this.#window, stream.sendWindow, this.#server.frame, FRAME_SIZE);
        const sent = this.#requests.writeBody(stream, most);
        this.#window -= sent;
        stream.sendWindow -= sent;
        if (!stream.upload) this.#streams.delete(stream);
        else if (sent > 0) goesOn = true;
      }
    }
  }
}
