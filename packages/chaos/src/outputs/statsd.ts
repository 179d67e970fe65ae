import { createSocket } from 'node:dgram';
import type { ChaosEvents } from '../events.ts';

export interface StatsdOptions {
  /** localhost unless given. */
  host?: string;
  /** 8125 unless given. */
  port?: number;
  /** `vaurien` unless given. */
  prefix?: string;
}

/** Counts every fault in statsd as PREFIX.PROXY.BEHAVIOUR, until the answer is called. */
export function sendToStatsd(
  events: ChaosEvents,
  { host = 'localhost', port = 8125, prefix = 'vaurien' }: StatsdOptions,
): () => void {
  const socket = createSocket('udp4').unref();
  socket.on('error', () => {}); // nobody may be there to count, and that disturbs nothing
  const plain = (name: string) => name.replace(/[^\w-]/g, '_');
  const end = events.subscribe(({ proxy, behavior }) => {
    socket.send(`${prefix}.${plain(proxy)}.${plain(behavior)}:1|c`, port, host, () => {});
  });
  return () => {
    end();
    socket.close();
  };
}
