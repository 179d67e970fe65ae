import { knownSockets } from './known-sockets.ts';

/** A socket of the package `ws`, as far as pings go. */
interface Pingable {
  readonly readyState: number;
  ping(payload: string): void;
  on(event: 'pong' | 'close', listener: (payload: unknown) => void): unknown;
  off(event: 'pong' | 'close', listener: (payload: unknown) => void): unknown;
}

const OPEN = 1;
let pings = 0;

/** Resolves with the ms until the pong, with null where the end comes first. Null of what is no socket. */
export function pingOf(socket: object, now: () => number): Promise<number | null> | null {
  const known = knownSockets.get(socket);
  if (known?.ping) return known.ping();
  return typeof (socket as Partial<Pingable>).ping === 'function'
    ? pingPackage(socket as Pingable, now)
    : null;
}

/** By the package `ws`, which tells of pongs. */
export function pingPackage(socket: Pingable, now: () => number): Promise<number | null> {
  if (socket.readyState !== OPEN) return Promise.resolve(null);
  pings += 1;
  const payload = `marteau ${pings}`;
  const begun = now();
  return new Promise((resolve) => {
    const end = (ms: number | null): void => {
      socket.off('pong', pong);
      socket.off('close', closed);
      resolve(ms);
    };
    const pong = (echoed: unknown): void => {
      if (String(echoed) === payload) end(now() - begun);
    };
    const closed = (): void => end(null);
    socket.on('pong', pong);
    socket.on('close', closed);
    socket.ping(payload);
  });
}
