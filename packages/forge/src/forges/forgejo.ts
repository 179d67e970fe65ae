import { likeGitea } from './gitea.ts';

export const forgejo = likeGitea('x-forgejo', {
  kind: 'forgejo',
  name: 'Forgejo',
  hosts: ['codeberg.org'],
});
