import { once } from 'node:events';
import { unlink } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { MarteauError } from '@marteau/shared';
import { type Address, formatAddress } from '../address.ts';
import { taken } from '../wrong.ts';

/** Listens until it is closed. */
export interface Listener {
  /** Where it really listens: a port of 0 has become one. */
  address: Address;
  close(): Promise<void>;
}

/**
 * Begins to listen.
 * @throws chaos-taken when the port is in use, chaos-not-listening for anything else
 */
export async function listen(
  address: Address,
  backlog: number,
  onSocket: (socket: Socket) => void,
): Promise<Listener> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, onSocket);
  server.listen('path' in address ? { path: address.path } : { ...address, backlog, exclusive: true });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw explain(address, error as NodeJS.ErrnoException);
  }
  server.on('error', () => {}); // a single accept that failed (too many files) ends nothing else
  return { address: addressOf(server, address), close: () => close(server, address) };
}

function addressOf(server: Server, asked: Address): Address {
  if ('path' in asked) return asked;
  return { host: asked.host, port: (server.address() as AddressInfo).port };
}

async function close(server: Server, address: Address): Promise<void> {
  server.close(); // resolves only once every connection is over; the port is free at once
  if ('path' in address) await unlink(address.path).catch(() => {});
}

function explain(address: Address, error: NodeJS.ErrnoException): MarteauError {
  const where = formatAddress(address);
  if (error.code === 'EADDRINUSE') {
    return taken(
      `Something else already listens on ${where}. Stop it, or give the proxy another port (0 takes a free one).`,
    );
  }
  const reasons: Record<string, string> = {
    EACCES: 'this user may not listen there; ports below 1024 often need rights of their own',
    EADDRNOTAVAIL: 'this machine has no such address',
    ENOTFOUND: 'there is no host of that name',
  };
  return new MarteauError(
    'chaos-not-listening',
    { where, detail: reasons[error.code ?? ''] ?? error.message },
    { cause: error },
  );
}
