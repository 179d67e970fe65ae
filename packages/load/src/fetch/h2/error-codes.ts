/** Error codes of RST_STREAM and GOAWAY (RFC 9113, 7), by their numbers. */
const NAMES = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
] as const;

export type ErrorName = (typeof NAMES)[number];

/** 'REFUSED_STREAM', or '0x1f' for one that no standard knows: such a one is no more than an INTERNAL_ERROR. */
export function nameOf(code: number): string {
  return NAMES[code] ?? `0x${code.toString(16)}`;
}

export function codeOf(name: ErrorName): number {
  return NAMES.indexOf(name);
}
