import type { Role } from '@marteau/store';
import { askPages } from './ask-host.ts';
import { openId } from './open-id.ts';
import type { Provider, ProviderSettings } from './provider.ts';

const SIZE = 50;

interface Repository {
  html_url: string;
  permissions?: { pull?: boolean; push?: boolean; admin?: boolean };
}

/** Gitea and Forgejo. */
export function gitea(settings: ProviderSettings): Provider {
  return openId(settings, {
    name: 'Gitea',
    scope: 'openid profile read:repository',
    async roles(token) {
      const page = (number: number) => `${settings.url}/api/v1/user/repos?limit=${SIZE}&page=${number}`;
      const list = await askPages<Repository>(token, page, SIZE);
      return new Map(
        list.flatMap(({ html_url: repo, permissions: may }) => {
          const role: Role | null = may?.admin ? 'owner' : may?.push ? 'runner' : may?.pull ? 'reader' : null;
          return role ? [[repo, role] as const] : [];
        }),
      );
    },
  });
}
