import { isIP } from 'node:net';
import type { NodeSpec } from '@marteau/store';

/** What this node is for, and what runs may ask of it. */
export type NodeSettings = Pick<NodeSpec, 'labels' | 'roles'>;

/** All that there are, which is what a node has by default. */
export const roles = ['desk', 'load'] as const;

/** "desk", "load" or both: "desk, load". @throws Error with a sentence */
export function parseRoles(text: string): NodeSpec['roles'] {
  const words = text.split(/[\s,]+/).filter(Boolean);
  if (words.some((word) => !roles.includes(word as never)))
    throw new Error(
      `MARTEAU_ROLES is "${text}"; it takes desk (prepares, reports, mails), load (generates load), or both: desk,load.`,
    );
  return roles.filter((role) => words.includes(role));
}

/** "region=eu, disk=ssd". @throws Error with a sentence */
export function parseLabels(text: string): Record<string, string> {
  const pairs = text.split(/[\s,]+/).filter(Boolean);
  if (pairs.some((pair) => !/^[A-Za-z0-9][\w.-]{0,62}=[\w.-]{1,63}$/.test(pair)))
    throw new Error(
      `MARTEAU_LABELS is "${text}"; it takes names with values, and commas between: region=eu,disk=ssd.`,
    );
  return Object.fromEntries(pairs.map((pair) => pair.split('=') as [string, string]));
}

/** "10.0.0.7", "fd00::7", "load-2.example.com". @throws Error with a sentence */
export function parseHost(text: string): string {
  const isName =
    /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/.test(text);
  if (isIP(text) > 0 || isName) return text;
  throw new Error(
    `MARTEAU_ADDRESS is "${text}"; it takes the address by which other nodes reach this one, without a port: 10.0.0.7 or load-2.example.com.`,
  );
}
