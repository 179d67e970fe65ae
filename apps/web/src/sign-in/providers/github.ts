import type { Role } from '@marteau/store';
import { askHost, askPages } from './ask-host.ts';
import { openId } from './open-id.ts';
import type { Provider, ProviderSettings } from './provider.ts';

const SIZE = 100;

interface Repository {
  html_url: string;
  permissions?: { pull?: boolean; push?: boolean; admin?: boolean };
}

/** GitHub, and GitHub Enterprise: OAuth 2 without OpenID. A person is the number of their account. */
export function github(settings: ProviderSettings): Provider {
  const { url } = settings;
  const api = url === 'https://github.com' ? 'https://api.github.com' : `${url}/api/v3`;
  return openId(settings, {
    name: 'GitHub',
    // Private repositories are seen with nothing less.
    scope: 'read:user repo',
    plain: {
      metadata: {
        issuer: url,
        authorization_endpoint: `${url}/login/oauth/authorize`,
        token_endpoint: `${url}/login/oauth/access_token`,
      },
      async whoIs(token) {
        const { id, login } = (await (await askHost(`${api}/user`, token)).json()) as {
          id: number;
          login: string;
        };
        return { subject: String(id), name: String(login).slice(0, 200) };
      },
    },
    async roles(token) {
      const list = await askPages<Repository>(
        token,
        (page) => `${api}/user/repos?per_page=${SIZE}&page=${page}`,
        SIZE,
      );
      return new Map(
        list.flatMap(({ html_url: repo, permissions: may }) => {
          const role: Role | null = may?.admin ? 'owner' : may?.push ? 'runner' : may?.pull ? 'reader' : null;
          return role ? [[repo, role] as const] : [];
        }),
      );
    },
  });
}
