import { type Run, submitterName } from '@marteau/shared';
import type { RunFacts } from '../schema/run-facts.ts';

/** What a report says about its run: it is passed on to people who need not know where anybody reads mail. */
export function runFacts(run: Run, url: string | null): RunFacts {
  const { id, reason, stopped, project, repo, ref, commit, commitSubject, commitAuthor, name, test } = run;
  const { target, profile, trigger, nodes, attempt, engine, submittedAt, startedAt, endedAt } = run;
  const ending = run.state === 'error' || run.state === 'cancelled' ? run.state : 'finished';
  return {
    id,
    ending,
    reason: ending === 'finished' ? null : reason,
    stopped,
    project,
    repo,
    ref,
    commit,
    commitSubject,
    commitAuthor: commitAuthor === null ? null : withoutAddress(commitAuthor),
    name,
    test,
    target,
    profile,
    trigger,
    submitter: submitterName(run) || trigger,
    nodes,
    attempt,
    engine,
    submittedAt,
    startedAt,
    endedAt,
    url,
  };
}

/** 'Dora Maar <dora@example.com>' → 'Dora Maar'. */
function withoutAddress(author: string): string {
  return author.replace(/\s*<[^<>]*>\s*$/, '') || 'unknown';
}
