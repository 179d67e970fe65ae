/** RFC 7541, 5.1: an integer in the lower `prefix` bits of its first byte, `pattern` above them. */
export function integerBytes(value: number, prefix: number, pattern: number): number[] {
  const most = 2 ** prefix - 1;
  if (value < most) return [pattern | value];
  const bytes = [pattern | most];
  let rest = value - most;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return bytes;
}
