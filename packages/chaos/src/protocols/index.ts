import { thereAre, wrong } from '../wrong.ts';
import { http } from './http.ts';
import { memcache } from './memcache.ts';
import { mysql } from './mysql.ts';
import { postgres } from './postgres.ts';
import type { Protocol } from './protocol.ts';
import { redis } from './redis.ts';
import { smtp } from './smtp.ts';
import { tcp } from './tcp.ts';

/** All protocols. To add one: a file beside this one, and a line here. */
export const protocols: readonly Protocol[] = [tcp, http, redis, memcache, smtp, mysql, postgres];

/** @throws chaos-wrong, naming those that there are */
export function findProtocol(name: string): Protocol {
  const found = protocols.find((protocol) => protocol.name === name);
  if (found) return found;
  const names = protocols.map((protocol) => protocol.name);
  throw wrong(`There is no protocol '${name}'. ${thereAre('There are', names, String(name))}`);
}
