import type { Run } from '@marteau/shared';
import type { ProjectEntry } from '@marteau/store';
import { type Badge, badge } from './badge.ts';
import { moment } from './moment.ts';
import { projectName, repositoryName } from './project.ts';
import { type RunRow, runRows } from './run-row.ts';

export interface ProjectView {
  name: string;
  repository: string;
  href: string;
  again: string;
  trend: string;
  count: number;
  last: RunRow;
  /** The last run that has numbers. */
  measured: RunRow;
  /** Oldest first, one mark for each run. */
  history: { href: string; badge: Badge; label: string }[];
}

/** @param runs the last runs of the project, newest first */
export function projectView(entry: ProjectEntry, runs: readonly Run[], now: number): ProjectView {
  const rows = runRows(runs.length > 0 ? runs : [entry.last], now);
  return {
    name: projectName(runs.find((run) => run.name !== null) ?? entry.last),
    repository: repositoryName(entry.project),
    href: `/runs?${new URLSearchParams({ project: entry.project })}`,
    again: `/new?${new URLSearchParams({ repo: entry.last.repo })}`,
    trend: `/trend?${new URLSearchParams({ project: entry.project })}`,
    count: entry.runs,
    last: rows[0]!,
    measured: rows.find((row) => row.spark !== null) ?? rows[0]!,
    history: runs.toReversed().map((run) => {
      const shown = badge(run);
      return {
        href: `/runs/${run.id}`,
        badge: shown,
        label: `${shown.word}, ${moment(run.submittedAt, now)?.exact ?? ''}`,
      };
    }),
  };
}
