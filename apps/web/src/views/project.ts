import type { Run } from '@marteau/shared';

/** What people call a project: the file's name, else the last part of the repository's URL. */
export function projectName(run: Pick<Run, 'name' | 'project' | 'repo'>): string {
  return run.name ?? repositoryName(run.project || run.repo);
}

/** 'https://github.com/mozilla/marteau.git' → 'mozilla/marteau'. */
export function repositoryName(url: string): string {
  const path = url.replace(/^[a-z+]+:\/\//i, '').replace(/[?#].*$/, '');
  const parts = path
    .replace(/\.git\/?$/, '')
    .split('/')
    .filter(Boolean);
  return parts.slice(1).slice(-2).join('/') || parts.join('/') || url;
}

/** Who asked for a run, in a few letters: the name before the @, or how it came. */
export function who(run: Pick<Run, 'submitter' | 'email' | 'trigger'>): string {
  const id = run.submitter.kind === 'email' ? run.submitter.id : (run.email ?? run.submitter.id);
  return id.split('@')[0] || run.trigger;
}
