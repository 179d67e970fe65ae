import { type Run, submitterName } from '@marteau/shared';

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

/** Who asked for a run, in a few letters, or how it came. */
export function who(run: Pick<Run, 'submitter' | 'by' | 'trigger'>): string {
  return submitterName(run) || run.trigger;
}
