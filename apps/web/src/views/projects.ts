import type { Run } from '@marteau/shared';
import type { ProjectEntry } from '@marteau/store';
import { type Badge, badge } from './badge.ts';
import { moment } from './moment.ts';
import { projectName, repositoryName } from './project.ts';
import { type RunRow, runRows } from './run-row.ts';

/** A run as one mark of a row of them. */
export interface Mark {
  href: string;
  badge: Badge;
  label: string;
}

export interface ProjectView {
  name: string;
  repository: string;
  href: string;
  again: string;
  /** Null where nothing has run. */
  trend: string | null;
  count: number;
  last: RunRow | null;
  /** The last run that has numbers; null where the last of all came to nothing. */
  measured: RunRow | null;
  history: Mark[];
}

/** @param runs the last runs of the project, newest first */
export function projectView(entry: ProjectEntry, runs: readonly Run[], now: number): ProjectView {
  const shown = runs.length > 0 || entry.last === null ? runs : [entry.last];
  const rows = runRows(shown, now);
  return {
    name: nameOf(entry.project, shown),
    repository: repositoryName(entry.project),
    href: `/projects/${entry.id}`,
    again: `/new?${new URLSearchParams({ repo: entry.last?.repo ?? entry.project })}`,
    trend: shown.length > 0 ? `/trend?${new URLSearchParams({ project: entry.project })}` : null,
    count: entry.runs,
    last: rows[0] ?? null,
    measured: cameToNothing(shown[0]) ? null : (rows.find((row) => row.spark !== null) ?? rows[0] ?? null),
    history: history(runs, now),
  };
}

/** Figures of an earlier run beside it would be taken for its own. */
function cameToNothing(run: Run | undefined): boolean {
  return run?.state === 'error' || run?.state === 'cancelled';
}

/** What the newest run that knows calls the project. @param runs newest first */
export function nameOf(project: string, runs: readonly Run[]): string {
  const last = runs.find((run) => run.name !== null) ?? runs[0];
  return projectName(last ?? { name: null, project, repo: project });
}

/** Oldest first, one mark for each run. @param runs newest first */
export function history(runs: readonly Run[], now: number): Mark[] {
  return runs.toReversed().map((run) => {
    const shown = badge(run);
    return {
      href: `/runs/${run.id}`,
      badge: shown,
      label: `${shown.word}, ${moment(run.submittedAt, now)?.exact ?? ''}`,
    };
  });
}
