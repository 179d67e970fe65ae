import type { Exchange } from '../contracts.ts';
import type { Protocol } from '../protocols/protocol.ts';
import { wrong } from '../wrong.ts';
import type { BehaviorSetting } from './behavior-setting.ts';

/**
 * Reads which requests are meant, those that are all of it: the command of the protocol, whatever its case; the path of
 * HTTP, or the key of redis and memcache, in which * stands for anything; headers of HTTP and their values.
 * @returns whether a request is one of them; null for every request
 * @throws chaos-wrong
 */
export function readMatch(
  match: BehaviorSetting['match'],
  protocol: Protocol,
): ((exchange: Exchange) => boolean) | null {
  if (match === undefined || match === null || Object.keys(match).length === 0) return null;
  const odd = Object.keys(match).find((key) => !['command', 'path', 'header'].includes(key));
  if (odd !== undefined)
    throw wrong(`'${odd}' is nothing that can be matched. Write command, path or header.`);
  if (!protocol.open) {
    throw wrong(
      `Protocol ${protocol.name} has no commands to match. Give the proxy its real protocol, or leave match out.`,
    );
  }
  const commands =
    match.command === undefined ? [] : [match.command].flat().map((name) => String(name).toUpperCase());
  const path = match.path === undefined ? null : glob(String(match.path));
  const headers = Object.entries(match.header ?? {});
  return (exchange) =>
    (commands.length === 0 || commands.includes(exchange.command)) &&
    (path === null || (exchange.path !== null && path.test(exchange.path))) &&
    headers.every(([name, value]) => exchange.header(name.toLowerCase()) === value);
}

function glob(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
