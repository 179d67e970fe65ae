import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';

/** An address of this machine that is not loopback: what goes there leaves it as little. */
export const outside = Object.values(networkInterfaces())
  .flat()
  .find((each) => each?.internal === false && each.family === 'IPv4')?.address;
export const skip = outside ? false : 'this machine has no address but loopback';
export const SERVER = 'http://marteau.test';

/** A target at that address whose owner answers as told. */
export async function openTarget(says: object | number) {
  const target = { says, asked: 0, agents: new Set<string>(), requests: 0 };
  const server = createServer((request, response) => {
    if (request.url !== '/.well-known/marteau.json') {
      target.requests += 1;
      target.agents.add(request.headers['user-agent'] ?? '');
      response.end('hello');
      return;
    }
    target.asked += 1;
    if (typeof target.says === 'number') response.writeHead(target.says).end();
    else response.end(JSON.stringify(target.says));
  });
  server.listen(0, outside);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return Object.assign(target, {
    url: `http://${outside}:${port}`,
    place: `${outside}:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}

export const allow = (fields: object = {}) => ({
  v: 1,
  allow: [{ server: SERVER, ...fields }],
  contact: 'owner@shop.test',
});
