import type { RunRequest } from '@marteau/shared';
import type { WebConfig } from '../config.ts';
import type { Look } from './look.ts';

/** Looks at repositories through git for visitors: a few at once, and not twice in a short time. */
export interface Looker {
  /** @throws MarteauError address-*, ref-*, clone-*, marteau-file-*, 'too-busy-to-look' */
  look(request: RunRequest): Promise<Look>;
}
export function createLooker(_config: WebConfig): Looker {
  return { look: async () => { throw new Error('not yet'); } };
}
