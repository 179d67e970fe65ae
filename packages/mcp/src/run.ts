import { type Results, readResults } from '@marteau/report/schema';
import { figuresOf, type Run } from '@marteau/shared';
import { Type } from 'typebox';
import type { Api } from './api.ts';

/** A run as the API tells it, as far as tools look at it. */
export type ToldRun = Pick<
  Run,
  | 'id'
  | 'state'
  | 'verdict'
  | 'reason'
  | 'project'
  | 'profile'
  | 'commit'
  | 'name'
  | 'commitSubject'
  | 'summary'
> & { url: string; reportUrl: string | null; queue: { position: number; waitingFor: string } | null };

export const RunId = Type.String({
  pattern: '^r[0-9a-z]{10,30}$',
  description: 'id of a run',
  examples: ['r1jd3v8k2m0pqrstuvw'],
});

export function runOf(api: Api, id: string): Promise<ToldRun> {
  return api.call('GET', `/api/v1/runs/${id}`);
}

export async function resultsOf(api: Api, id: string): Promise<Results> {
  return readResults(JSON.stringify(await api.call('GET', `/runs/${id}/results.json`)));
}

/** A run in two or three lines of our own words, and what others named. */
export function runInWords(run: ToldRun): { lines: string[]; foreign: object } {
  const { id, state, verdict, url, reportUrl, commit, summary, queue } = run;
  const { p50, p95, p99, rate, requests, errors, failures } = figuresOf(summary);
  const change = summary?.change;
  return {
    lines: [
      `Run ${id}: ${state}${verdict ? `, ${verdict}` : ''}${commit ? `, commit ${commit.slice(0, 12)}` : ''}.`,
      ...(queue ? [`It waits: number ${queue.position} in the line.`] : []),
      ...(summary
        ? [
            `p50 ${p50}, p95 ${p95}, p99 ${p99}, ${rate}, ${requests} requests, errors ${errors}, failures ${failures}.`,
          ]
        : []),
      ...(change
        ? [
            `Change since the last good runs: ${change.direction}, ${change.grade} (suspected < likely < confirmed).`,
          ]
        : []),
      reportUrl ? `Report: ${reportUrl}` : `Page: ${url}`,
    ],
    foreign: {
      name: run.name,
      project: run.project,
      profile: run.profile,
      commitSubject: run.commitSubject,
      reason: run.reason,
    },
  };
}
