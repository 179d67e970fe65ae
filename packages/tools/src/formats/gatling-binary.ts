import type { Hear, Reader, Reading } from '../reader.ts';
import { gatlingEvents } from './gatling-events.ts';

const RUN = 0;
const REQUEST = 1;
const USER = 2;
const GROUP = 3;
const ERROR = 4;
const LATIN_1 = 0;
/** No text of Gatling's is longer. */
const LONGEST = 1 << 24;

/** The bytes so far end within a record. */
class Cut extends Error {}

/**
 * Big-endian records, as Gatling 3.13 to 3.15 write them: a byte that says which, then its fields. A text is its length in
 * bytes, the bytes, and a byte for their coding; one that is told again is a negative number. Moments are ms since the
 * run began.
 */
export function gatlingBinary(hear: Hear, reading: Reading): Reader {
  const events = gatlingEvents(hear, reading);
  const known = new Map<number, string>();
  let scenarios: string[] = [];
  let startedAt = reading.startedAt;
  let rest: Buffer = Buffer.alloc(0);
  let isBroken = false;

  /** Reads the record at `from`. @returns where it ends @throws Cut */
  function record(bytes: Buffer, from: number): number {
    let at = from;
    const need = (count: number): number => {
      if (at + count > bytes.length) throw new Cut();
      at += count;
      return at - count;
    };
    const byte = (): number => bytes.readUInt8(need(1));
    const int = (): number => bytes.readInt32BE(need(4));
    const long = (): number => Number(bytes.readBigInt64BE(need(8)));
    const text = (): string => {
      const length = int();
      if (length === 0) return '';
      if (length < 0 || length > LONGEST) throw new RangeError('a text of that length');
      const begin = need(length);
      const coder = byte();
      return bytes.toString(coder === LATIN_1 ? 'latin1' : 'utf16le', begin, begin + length);
    };
    const fresh: [number, string][] = [];
    const cached = (): string => {
      const index = int();
      if (index < 0) return known.get(-index) ?? fresh.find(([i]) => i === -index)?.[1] ?? '';
      const value = text();
      fresh.push([index, value]);
      return value;
    };
    const list = (count: number): string[] => {
      if (count < 0 || count > 1000) throw new RangeError('a list of that length');
      return Array.from({ length: count }, cached);
    };
    let tell: () => void = () => {};
    const tag = byte();
    switch (tag) {
      case RUN: {
        text();
        text();
        const start = long();
        text();
        const names = Array.from({ length: Math.min(int(), 10_000) }, text);
        for (let left = int(); left > 0; left -= 1) need(int());
        tell = () => {
          startedAt = start;
          scenarios = names;
        };
        break;
      }
      case REQUEST: {
        const groups = list(int());
        const name = cached();
        const [start, end, ok] = [int(), int(), byte() === 1];
        const message = cached();
        tell = () => events.request(groups, name, startedAt + start, startedAt + end, ok, message);
        break;
      }
      case USER: {
        const [scenario, isStart, moment] = [int(), byte() === 1, int()];
        tell = () => events.user(scenarios[scenario] ?? '', isStart, startedAt + moment);
        break;
      }
      case GROUP: {
        const groups = list(int());
        const [start, end, , ok] = [int(), int(), int(), byte() === 1];
        tell = () => events.group(groups, startedAt + start, startedAt + end, ok);
        break;
      }
      case ERROR: {
        const message = cached();
        const moment = int();
        tell = () => events.error(message, startedAt + moment);
        break;
      }
      default:
        throw new RangeError(`a record of kind ${tag}`);
    }
    for (const [index, value] of fresh) known.set(index, value);
    tell();
    return at;
  }

  return {
    write(chunk) {
      if (isBroken) return;
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let at = 0;
      try {
        while (at < bytes.length) at = record(bytes, at);
      } catch (error) {
        if (!(error instanceof Cut)) {
          isBroken = true;
          hear({
            type: 'note',
            text: `From some point on the log of Gatling could not be read (${(error as Error).message}): it is of a version that is not known. Versions from 3.4 to 3.15 are.`,
          });
        }
      }
      rest = Buffer.from(bytes.subarray(at));
    },
    end: () => events.end(),
  };
}
