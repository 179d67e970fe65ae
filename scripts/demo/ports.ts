import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** The wanted port of 127.0.0.1 if nobody listens there, else one that is free. */
export async function portOr(wanted: number): Promise<number> {
  return (await tryPort(wanted)) ?? (await tryPort(0))!;
}

async function tryPort(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen({ port, host: '127.0.0.1', exclusive: true });
    await once(server, 'listening');
    const address = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return address.port;
  } catch {
    return undefined;
  }
}
