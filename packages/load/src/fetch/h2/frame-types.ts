/** Types of frames (RFC 9113, 6). */
export const FRAME = {
  DATA: 0,
  HEADERS: 1,
  PRIORITY: 2,
  RST_STREAM: 3,
  SETTINGS: 4,
  PUSH_PROMISE: 5,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
  CONTINUATION: 9,
} as const;

/** Flags of frames; the same bit means END_STREAM for what carries a message, and ACK for what is answered. */
export const FLAG = { END_STREAM: 1, ACK: 1, END_HEADERS: 4, PADDED: 8, PRIORITY: 0x20 } as const;

/** Bytes before the payload (RFC 9113, 4.1). */
export const FRAME_HEAD = 9;
/** SETTINGS_MAX_FRAME_SIZE where nobody says another; the one that we keep. */
export const FRAME_SIZE = 16_384;
/** SETTINGS_INITIAL_WINDOW_SIZE where nobody says another, and what a connection begins with. */
export const WINDOW = 65_535;
/** No window is larger (RFC 9113, 6.9.1). */
export const LARGEST_WINDOW = 2 ** 31 - 1;

/** 'PING', or 'frames of type 0x42' for one that no standard knows. */
export function frameName(type: number): string {
  return (
    Object.entries(FRAME).find(([, number]) => number === type)?.[0] ??
    `frames of type 0x${type.toString(16)}`
  );
}
