/** An input cut into parts at places that its bytes choose: the same input is cut the same way. */
export function inParts(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  let hash = bytes.length;
  for (let at = 0; at < bytes.length; ) {
    hash = (Math.imul(hash ^ bytes[at]!, 0x01000193) >>> 0) % 0xfffb;
    const to = at + 1 + (hash % (hash % 3 === 0 ? 3 : 40));
    found.push(bytes.subarray(at, to));
    at = to;
  }
  return found;
}

/** Byte by byte. */
export function byteByByte(bytes: Buffer): Buffer[] {
  return Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
}
