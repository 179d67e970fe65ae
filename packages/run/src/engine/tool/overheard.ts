import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import { lineSplitter } from '../../console/line-splitter.ts';

/** What passes, and each of its lines told beside. */
export function overheard(from: Readable, tell: (line: string) => void): Readable {
  const to = new PassThrough();
  const splitter = lineSplitter();
  const decoder = new TextDecoder();
  const pass = async (): Promise<void> => {
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        for (const line of splitter.push(decoder.decode(chunk, { stream: true }))) tell(line);
        if (!to.write(chunk)) await once(to, 'drain');
      }
      for (const line of splitter.end()) tell(line);
    } finally {
      to.end();
    }
  };
  pass().catch(() => {}); // a pipe that breaks is told by the exit
  return to;
}
