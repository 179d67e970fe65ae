import { capitalized } from '@marteau/shared';
import type { ErrorInWords } from '../errors/in-words.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { LocalRun } from './local-run.ts';

/** What `--json` prints of a run: one object, to which fields are added and never renamed. docs/cli.md explains them. */
export function runAsJson({ id, report }: LocalRun, exitCode: ExitCode): object {
  const results = report?.results ?? null;
  return {
    v: 1,
    id,
    exitCode,
    verdict: results?.judgement?.verdict ?? null,
    reason: results?.judgement?.reason ?? null,
    code: null,
    name: results?.run.name ?? null,
    commit: results?.run.commit ?? null,
    stopped: results?.run.stopped ?? false,
    summary: report?.summary ?? null,
    stages:
      results?.steps.map(({ plan, starts = null, begin, end, tests }) => ({
        name: plan.name,
        /** Iterations per second: as intended, in an open model, and as they were. */
        intended: starts && starts.planned > 0 ? (starts.planned * 1000) / (end - begin) : null,
        reached: tests.rate,
        starts,
      })) ?? [],
    thresholds: results?.judgement?.thresholds.map(({ outcome, sentence }) => ({ outcome, sentence })) ?? [],
    faults:
      results?.chaos?.faults.map(({ outcome, sentence }) => ({ outcome, sentence: capitalized(sentence) })) ??
      [],
    folder: report?.folder ?? null,
    report: report?.file ?? null,
  };
}

/** The same for a run that came to nothing. */
export function errorAsJson({ sentence, exitCode, code }: ErrorInWords): object {
  return { v: 1, exitCode, verdict: null, reason: sentence, code };
}
