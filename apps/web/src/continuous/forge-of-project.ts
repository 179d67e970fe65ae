import { type Forge, type ForgeApi, forgeOf, openForgeApi } from '@marteau/forge';
import { sourcesPolicy } from '@marteau/net';
import { gitAccess } from '@marteau/source';
import type { Hook } from '@marteau/store';
import { secretsOf } from '../data/secrets-of.ts';
import type { Continuous } from './context.ts';

/** Where the token of a host that people know is shown, too. */
const API_HOSTS: Readonly<Record<string, string>> = {
  'api.github.com': 'github.com',
  'api.bitbucket.org': 'bitbucket.org',
};

/**
 * The forge of a project and its API, with the token that the secrets file has for the API's own host: whoever names an
 * address as an API gets no other host's token there.
 */
export async function forgeOfProject(
  { config, store, closing, now }: Continuous,
  { forge: { kind, api }, repo }: Pick<Hook, 'forge' | 'repo'>,
): Promise<{ forge: Forge; api: ForgeApi }> {
  const { protocol, hostname, port } = new URL(api);
  const host = API_HOSTS[hostname] ?? hostname;
  const isTls = protocol === 'https:';
  const access = gitAccess(await secretsOf(store, config, repo), {
    protocol: isTls ? 'https' : 'http',
    host: host.replace(/^\[|\]$/g, ''),
    port: Number(port || (isTls ? 443 : 80)),
  });
  const forge = forgeOf(kind);
  return {
    forge,
    api: openForgeApi({
      base: api,
      repo: new URL(repo),
      token: access?.token ?? null,
      basic: kind === 'bitbucket',
      allowed: sourcesPolicy(config.sources),
      signal: closing,
      now,
    }),
  };
}
