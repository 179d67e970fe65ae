import type { Format, Hear, Reader, Reading } from '../reader.ts';
import { gatlingBinary } from './gatling-binary.ts';
import { gatlingText } from './gatling-text.ts';

/** `simulation.log` of Gatling: text up to 3.12, binary from 3.13 on. */
export const gatlingLog: Format = {
  name: 'gatling-log',
  figures: {
    precision: 'raw',
    resolutionUs: 1000,
    time: 'from the request to the last byte, with connecting where a connection was opened',
  },
  reader(hear: Hear, reading: Reading): Reader {
    let reader: Reader | null = null;
    return {
      write(chunk) {
        if (chunk.length === 0) return;
        reader ??= (chunk[0] === 0 ? gatlingBinary : gatlingText)(hear, reading);
        reader.write(chunk);
      },
      end: () => reader?.end(),
    };
  },
};
