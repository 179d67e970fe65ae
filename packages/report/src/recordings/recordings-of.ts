import type { Measurements, RecordingRecord } from '@marteau/measure';
import type { Judgement } from '../schema/judgement.ts';

/** What the stand-ins of all shares did, by name. */
export function recordingsOf(list: readonly Measurements[]): RecordingRecord[] {
  const byName = new Map<string, RecordingRecord>();
  for (const record of list.flatMap(({ recordings = [] }) => recordings)) {
    const before = byName.get(record.name);
    byName.set(record.name, before ? added(before, record) : record);
  }
  return [...byName.values()];
}

function added(one: RecordingRecord, other: RecordingRecord): RecordingRecord {
  return {
    ...one,
    calls: one.calls + other.calls,
    replayed: one.replayed + other.replayed,
    recorded: one.recorded + other.recorded,
    passed: one.passed + other.passed,
    unmatched: one.unmatched + other.unmatched,
    differing: one.differing + other.differing,
    sentences: [...new Set([...one.sentences, ...other.sentences])].slice(0, 20),
  };
}

/**
 * The verdict with what the tapes did not hold: a fail where the file says so, whatever was slow; invalid where it says
 * that, unless answers were wrong for certain.
 */
export function withRecordings(judgement: Judgement, recordings: readonly RecordingRecord[]): Judgement {
  const missing = recordings.filter(({ unmatched, differing }) => unmatched + differing > 0);
  const failing = missing.find(({ verdict, mode }) => verdict === 'fail' && mode !== 'replayOrRecord');
  // What was not on the tape comes before the errors and assertions that it causes.
  const first = (record: RecordingRecord) => `${reason(record)} ${judgement.reason}`;
  if (failing)
    return judgement.verdict === 'fail'
      ? { ...judgement, reason: first(failing) }
      : { ...judgement, verdict: 'fail', reason: reason(failing) };
  const spoiling = missing.find(({ verdict, mode }) => verdict === 'invalid' && mode !== 'replayOrRecord');
  const isHard = judgement.thresholds.some(
    ({ threshold, outcome }) => outcome === 'fail' && ['errors', 'failures'].includes(threshold.metric),
  );
  if (!spoiling || judgement.verdict === 'invalid') return judgement;
  if (isHard) return { ...judgement, reason: first(spoiling) };
  return { ...judgement, verdict: 'invalid', reason: reason(spoiling) };
}

function reason({ name, unmatched, differing, calls, sentences }: RecordingRecord): string {
  const what =
    unmatched > 0
      ? `${unmatched} of ${calls} calls to ${name} were not on its tape`
      : `${differing} of ${calls} calls to ${name} are answered otherwise now than on its tape`;
  return `${what}. ${sentences[0] ?? 'Record it anew.'}`;
}
