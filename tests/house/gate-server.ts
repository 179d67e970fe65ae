import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server in front of another one that can be shut: requests then wait, as with a host that hangs. */
export interface GateServer extends AsyncDisposable {
  url: string;
  /** How many requests wait. */
  waiting: number;
  shut(): void;
  open(): void;
}

export async function startGateServer(behind: string): Promise<GateServer> {
  let gate: { promise: Promise<void>; resolve: () => void } | undefined;
  const server = createServer(async (incoming, outgoing) => {
    if (gate) {
      self.waiting += 1;
      incoming.once('close', () => {
        self.waiting -= 1;
      });
      await gate.promise;
    }
    const { method, headers, url } = incoming;
    const passed = request(new URL(url!, behind), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    outgoing.on('close', () => passed.destroy());
    incoming.pipe(passed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const self: GateServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    waiting: 0,
    shut() {
      gate ??= Promise.withResolvers<void>();
    },
    open() {
      gate?.resolve();
      gate = undefined;
    },
    async [Symbol.asyncDispose]() {
      self.open();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return self;
}
