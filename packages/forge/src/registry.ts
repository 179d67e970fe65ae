import type { Forge, ForgeKind } from './forge.ts';
import { bitbucket } from './forges/bitbucket.ts';
import { forgejo } from './forges/forgejo.ts';
import { generic } from './forges/generic.ts';
import { gitea } from './forges/gitea.ts';
import { github } from './forges/github.ts';
import { gitlab } from './forges/gitlab.ts';

/** Every forge, by its kind. */
const forges: Record<ForgeKind, Forge> = { github, gitlab, gitea, forgejo, bitbucket, generic };

export function forgeOf(kind: ForgeKind): Forge {
  return forges[kind];
}

/** What a host is known to be; 'generic' for one that is not known. */
export function kindOfHost(host: string): ForgeKind {
  const name = host.toLowerCase();
  return Object.values(forges).find(({ hosts }) => hosts.includes(name))?.kind ?? 'generic';
}
