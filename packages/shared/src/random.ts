/**
 * A number in [0, 1) that depends on its arguments alone: which requests are hit is the same for the same seed, however
 * the timing falls out.
 * @param seed a whole number, 0 to 2^53 - 1
 * @param places where the draw is made, e.g. (salt of the behaviour, connection number, request number)
 */
export function draw(seed: number, ...places: number[]): number {
  let hash = mix(seed >>> 0, Math.floor(seed / 2 ** 32));
  for (const place of places) hash = mix(hash, place);
  return finish(hash) / 2 ** 32;
}

/** A whole number that stands for a name, so that behaviours draw independently of each other. */
export function saltOf(name: string): number {
  let hash = 0x811c9dc5; // FNV-1a
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** One round of MurmurHash3 (32 bits). */
function mix(hash: number, value: number): number {
  let k = Math.imul(value | 0, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  let h = hash ^ Math.imul(k, 0x1b873593);
  h = (h << 13) | (h >>> 19);
  return (Math.imul(h, 5) + 0xe6546b64) | 0;
}

/** The finalizer of MurmurHash3: every bit of the input moves every bit of the output. */
function finish(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
