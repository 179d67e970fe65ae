import { FRAME_SIZE, LARGEST_WINDOW, WINDOW } from './frame-types.ts';
import { ConnectionError } from './http2-error.ts';

/** Identifiers of settings (RFC 9113, 6.5.2). */
export const SETTING = {
  HEADER_TABLE_SIZE: 1,
  ENABLE_PUSH: 2,
  MAX_CONCURRENT_STREAMS: 3,
  INITIAL_WINDOW_SIZE: 4,
  MAX_FRAME_SIZE: 5,
  MAX_HEADER_LIST_SIZE: 6,
} as const;

/** Before a server says how many streams it takes: no fewer are to be expected (RFC 9113, 6.5.2). */
const STREAMS = 100;

/** What a server has said it takes. */
export interface ServerSettings {
  headerTable: number;
  streams: number;
  window: number;
  frame: number;
  headerList: number;
}

export function unsaidSettings(): ServerSettings {
  return {
    headerTable: 4096,
    streams: STREAMS,
    window: WINDOW,
    frame: FRAME_SIZE,
    headerList: Number.POSITIVE_INFINITY,
  };
}

/**
 * Puts what a SETTINGS frame says into `settings`; what is unknown is read over.
 * @throws ConnectionError for a value that there cannot be
 */
export function readSettings(settings: ServerSettings, bytes: Buffer, from: number, to: number): void {
  for (let at = from; at < to; at += 6) {
    const value = bytes.readUInt32BE(at + 2);
    switch (bytes.readUInt16BE(at)) {
      case SETTING.HEADER_TABLE_SIZE:
        settings.headerTable = value;
        break;
      case SETTING.ENABLE_PUSH:
        if (value !== 0) throw wrong('a server allows push', value);
        break;
      case SETTING.MAX_CONCURRENT_STREAMS:
        settings.streams = value;
        break;
      case SETTING.INITIAL_WINDOW_SIZE:
        if (value > LARGEST_WINDOW)
          throw new ConnectionError('settings', `a window of ${value} bytes is none`, 'FLOW_CONTROL_ERROR');
        settings.window = value;
        break;
      case SETTING.MAX_FRAME_SIZE:
        if (value < FRAME_SIZE || value > 0xff_ffff) throw wrong('frames are of no such size', value);
        settings.frame = value;
        break;
      case SETTING.MAX_HEADER_LIST_SIZE:
        settings.headerList = value;
        break;
    }
  }
}

function wrong(what: string, value: number): ConnectionError {
  return new ConnectionError('settings', `${what}: ${value}`);
}
