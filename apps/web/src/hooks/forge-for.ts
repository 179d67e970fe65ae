import { type ForgeKind, forgeOf, kindOfHost } from '@marteau/forge';
import { MarteauError } from '@marteau/shared';
import type { HookForge } from '@marteau/store';

/**
 * Which forge a repository lies at, and where its API is.
 * @param repo normalised URL @param given what somebody said about it
 * @throws MarteauError bad-request
 */
export function forgeFor(repo: string, given: { kind?: ForgeKind; api?: string } = {}): HookForge {
  const url = new URL(repo);
  const kind = given.kind ?? kindOfHost(url.host);
  const api = given.api?.trim();
  if (!api) return { kind, api: forgeOf(kind).apiOf(url) };
  const parsed = URL.parse(api);
  const isRight = parsed && /^https?:$/.test(parsed.protocol) && !parsed.username && !parsed.password;
  if (!isRight || parsed.search || parsed.hash) {
    throw new MarteauError('bad-request', {
      detail: `forge.api is "${api.slice(0, 100)}". It takes the base address of the forge's API, such as ${forgeOf(kind).apiOf(url)}, without a password or a query.`,
    });
  }
  return { kind, api: parsed.href.replace(/\/+$/, '') };
}
