import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** The other side of a WebSocket, as far as a chat of short texts needs it (RFC 6455). */
export interface Socket {
  send(text: string): void;
  onText(hear: (text: string) => void): void;
  onEnd(act: () => void): void;
}

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

/** Answers the handshake. */
export function accept(request: IncomingMessage, connection: Duplex): Socket {
  const key = String(request.headers['sec-websocket-key']);
  const answer = createHash('sha1')
    .update(key + GUID)
    .digest('base64');
  connection.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${answer}\r\n\r\n`,
  );
  let hear: (text: string) => void = () => undefined;
  let rest = Buffer.alloc(0);
  connection.on('data', (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes]);
    for (let frame = readFrame(rest); frame; frame = readFrame(rest)) {
      rest = rest.subarray(frame.length);
      if (frame.opcode === TEXT) hear(frame.payload.toString());
      else if (frame.opcode === PING) connection.write(frameOf(PONG, frame.payload));
      else if (frame.opcode === CLOSE) connection.end(frameOf(CLOSE, frame.payload));
    }
  });
  connection.on('error', () => connection.destroy());
  return {
    send: (text) => connection.writable && connection.write(frameOf(TEXT, Buffer.from(text))),
    onText: (next) => {
      hear = next;
    },
    onEnd: (act) => connection.once('close', act),
  };
}

/** The first frame of what came, once all of it is there; clients mask theirs. */
function readFrame(bytes: Buffer): { opcode: number; payload: Buffer; length: number } | null {
  if (bytes.length < 6) return null;
  const short = bytes[1]! & 0x7f;
  const start = short === 126 ? 8 : 6;
  if (bytes.length < start) return null;
  const size = short === 126 ? bytes.readUInt16BE(2) : short;
  if (bytes.length < start + size) return null;
  const mask = bytes.subarray(start - 4, start);
  const payload = bytes.subarray(start, start + size).map((byte, i) => byte ^ mask[i & 3]!);
  return { opcode: bytes[0]! & 0x0f, payload: Buffer.from(payload), length: start + size };
}

function frameOf(opcode: number, payload: Buffer): Buffer {
  const head = payload.length < 126 ? [payload.length] : [126, payload.length >> 8, payload.length & 255];
  return Buffer.concat([Buffer.from([0x80 | opcode, ...head]), payload]);
}
