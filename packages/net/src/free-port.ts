import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** Resolves with the port if nobody listens on it on 127.0.0.1 (0: with one that is free), else with undefined. */
export async function claimPort(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen({ port, host: '127.0.0.1', exclusive: true });
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch {
    return undefined;
  } finally {
    await new Promise((done) => server.close(done));
  }
}

/** A port of 127.0.0.1 that nobody listens on: for programs that cannot be told to choose one. @param wanted if it is free */
export async function freePort(wanted = 0): Promise<number> {
  return (await claimPort(wanted)) ?? (await claimPort(0))!;
}
