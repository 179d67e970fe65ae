import type { Role } from '@marteau/store';
import { askPages } from './ask-host.ts';
import { openId } from './open-id.ts';
import type { Provider, ProviderSettings } from './provider.ts';

const SIZE = 100;

interface GitLabProject {
  web_url: string;
  permissions?: {
    project_access?: { access_level: number } | null;
    group_access?: { access_level: number } | null;
  };
}

/** Reporter sees code, developer pushes, maintainer sets up. */
const LEVELS: readonly (readonly [level: number, role: Role])[] = [
  [40, 'owner'],
  [30, 'runner'],
  [20, 'reader'],
];

/** GitLab, the public one or one's own. */
export function gitlab(settings: ProviderSettings): Provider {
  return openId(settings, {
    name: 'GitLab',
    scope: 'openid profile read_api',
    async roles(token) {
      const page = (number: number) =>
        `${settings.url}/api/v4/projects?membership=true&per_page=${SIZE}&page=${number}`;
      const list = await askPages<GitLabProject>(token, page, SIZE);
      return new Map(
        list.flatMap(({ web_url: repo, permissions }) => {
          const level = Math.max(
            permissions?.project_access?.access_level ?? 0,
            permissions?.group_access?.access_level ?? 0,
          );
          const role = LEVELS.find(([least]) => level >= least)?.[1];
          return role ? [[repo, role] as const] : [];
        }),
      );
    },
  });
}
