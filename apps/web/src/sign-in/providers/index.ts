import { gitea } from './gitea.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { openId } from './open-id.ts';
import type { Provider, ProviderSettings } from './provider.ts';

const oidc = (settings: ProviderSettings): Provider =>
  openId(settings, { name: new URL(settings.url).hostname, scope: 'openid profile' });

/** Every kind of place where people may sign in. */
const kinds = { oidc, github, gitlab, gitea } satisfies Record<
  ProviderSettings['id'],
  (settings: ProviderSettings) => Provider
>;

export function openProviders(settings: readonly ProviderSettings[]): Provider[] {
  return settings.map((one) => kinds[one.id](one));
}
