/** Where the reading of a stream stands: its bits come from the low end of each byte. */
export interface State {
  readonly input: Uint8Array;
  at: number;
  bits: number;
  bitCount: number;
  output: Uint8Array;
  length: number;
}

export const damaged = () => new Error('the compressed data are damaged');

/** The next bits as a number. */
export function readBits(state: State, count: number): number {
  while (state.bitCount < count) {
    if (state.at >= state.input.length) throw damaged();
    state.bits |= state.input[state.at++]! << state.bitCount;
    state.bitCount += 8;
  }
  const value = state.bits & ((1 << count) - 1);
  state.bits >>>= count;
  state.bitCount -= count;
  return value;
}
