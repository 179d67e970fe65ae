import { capitalized } from '@marteau/shared';
import { faultName } from '../chaos/judge-fault.ts';
import type { JudgedFault } from '../schema/chaos.ts';
import type { JudgedThreshold } from '../schema/judgement.ts';
import type { Results } from '../schema/results.ts';

/** One thing that was expected of the target, and what came of it. */
export interface Expectation {
  /** A threshold's own text, or which fault it is about. */
  readonly name: string;
  readonly outcome: JudgedThreshold['outcome'] | JudgedFault['outcome'];
  readonly sentence: string;
  /** Labels that were meant, perhaps. */
  readonly suggestions: readonly string[];
}

/**
 * All by which a run was judged, as lists have it: thresholds, what faults were to do at most, and thresholds of a
 * tool's own that it judged itself.
 */
export function expectationsOf(results: Results): Expectation[] {
  return [
    ...(results.judgement?.thresholds ?? []).map(({ threshold, outcome, sentence, suggestions }) => ({
      name: threshold.source,
      outcome,
      sentence,
      suggestions,
    })),
    ...expectingFaults(results).map(({ outcome, sentence, ...fault }) => ({
      name: faultName(fault),
      outcome,
      sentence: capitalized(sentence),
      suggestions: [],
    })),
    ...(results.source?.thresholds ?? []).flatMap(({ text, held }) =>
      held === null ? [] : [ofTool(text, held, results.source!.title)],
    ),
  ];
}

/** The faults of which something was expected, where the run was judged. */
export function expectingFaults({ judgement, chaos }: Results): readonly JudgedFault[] {
  if (judgement === null) return [];
  return (chaos?.faults ?? []).filter(
    ({ recoverWithin, errors }) => recoverWithin !== null || errors !== null,
  );
}

function ofTool(text: string, held: boolean, title: string): Expectation {
  const sentence = `${text} ${held ? 'held' : 'was crossed'}, says ${title}`;
  return { name: text, outcome: held ? 'ok' : 'fail', sentence, suggestions: [] };
}
