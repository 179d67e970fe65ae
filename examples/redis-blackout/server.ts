// Counts visits in redis. While redis is away it answers 503; afterwards it connects again, unless RECONNECT=no.
//
//     MARTEAU_PROXY_REDIS=127.0.0.1:6379 PORT=8080 node server.ts

import { createServer } from 'node:http';
import { Redis } from './visits/redis.ts';

const port = Number(process.env.PORT ?? 8080);
const [host = '127.0.0.1', redisPort = '6379'] = (process.env.MARTEAU_PROXY_REDIS ?? '').split(':');
const redis = new Redis({
  host: host || '127.0.0.1',
  port: Number(redisPort),
  reconnects: process.env.RECONNECT !== 'no',
});

createServer(async ({ url }, response) => {
  if (url === '/health') return void response.end('ok\n');
  try {
    const visits = await redis.ask('INCR', `visits:${url}`);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ visits: Number(visits) }));
  } catch (error) {
    response.writeHead(503).end(`${(error as Error).message}\n`);
  }
}).listen(port, '127.0.0.1');
