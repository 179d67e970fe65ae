import { userInfo } from 'node:os';
import type { ResolvedFile } from '@marteau/file';
import { ONCE_TRIGGER, type Run } from '@marteau/shared';
import { version } from '../version.ts';
import type { Source } from './source.ts';

interface LocalRun {
  id: string;
  source: Source;
  file: ResolvedFile;
  overrides: Record<string, unknown>;
  once: boolean;
  submittedAt: Date;
  startedAt: Date;
  endedAt: Date;
  stopped: boolean;
}

/** The record of a run on this machine, like the one that a server keeps. */
export function runRecord(run: LocalRun): Run {
  const { id, source, file, overrides, once, submittedAt, startedAt, endedAt, stopped } = run;
  const { repo, project, ref, commit } = source;
  return {
    v: 2,
    id,
    state: 'finished',
    verdict: null,
    reason: null,
    reasonCode: null,
    repo,
    ref,
    commit: commit?.id ?? null,
    commitSubject: commit?.changed
      ? `with changes that are in no commit, on top of: ${commit.subject}`
      : (commit?.subject ?? null),
    commitAuthor: commit?.author ?? null,
    project,
    name: file.name,
    test: file.test,
    target: file.targets[0] ?? (file.app === null ? null : 'the app of this folder'),
    profile: file.profile,
    overrides,
    email: null,
    submitter: { kind: 'cli', id: userName() },
    kind: once ? 'once' : 'normal',
    trigger: once ? ONCE_TRIGGER : 'cli',
    nodes: 1,
    attempt: 1,
    phase: null,
    stopped,
    submittedAt: submittedAt.toISOString(),
    startedAt: startedAt.toISOString(),
    endedAt: endedAt.toISOString(),
    timeline: [],
    engine: { name: 'marteau', version },
    summary: null,
    hasReport: true,
    deliveries: [],
  };
}

/** A container's user may have no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'somebody';
  }
}
