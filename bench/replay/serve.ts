// One of the servers that are compared, in a process of its own: `serve.ts ROLE [ORIGIN] [FILE]`. Says its port.
import { Agent, createServer, request as requestHttp } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startStandIn } from '@marteau/replay';
import { body, type Role } from './roles.ts';

const [role, server = '', file = ''] = process.argv.slice(2) as [Role, string, string];
const say = (port: number) => process.stdout.write(`${port}\n`);

if (role === 'replay' || role === 'record') {
  say((await startStandIn({ mode: role, file, server, latency: 0 })).port);
} else {
  const listening = role === 'handler' ? handler() : bareProxy();
  listening.listen(0, '127.0.0.1', () => say((listening.address() as AddressInfo).port));
}

/** The least that answers 1 KB. */
function handler() {
  return createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length });
    response.end(body);
  });
}

/** The least that passes requests on, with kept connections. */
function bareProxy() {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(server);
  return createServer((request, response) => {
    const { method, url: path, headers } = request;
    const onward = requestHttp({ agent, hostname, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
}
