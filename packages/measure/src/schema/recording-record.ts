import { type Static, Type } from 'typebox';

const count = (description: string) => Type.Integer({ minimum: 0, description });

/** What a stand-in for a third party did in a run. */
export const RecordingRecord = Type.Object({
  name: Type.String(),
  mode: Type.Enum(['replay', 'record', 'replayOrRecord', 'diff', 'off']),
  /** What requests that are not on the tape, or are answered otherwise now, make of the run. */
  verdict: Type.Enum(['fail', 'invalid', 'none']),
  calls: count('requests that came'),
  replayed: count('answered from the tape'),
  recorded: count('written to the tape'),
  passed: count('passed to the real server'),
  unmatched: count('not on the tape'),
  differing: count('answered otherwise by the real server than by the tape'),
  sentences: Type.Array(Type.String(), {
    maxItems: 20,
    description: 'what was not on the tape, with the nearest recording; secrets are taken out',
  }),
});
export type RecordingRecord = Static<typeof RecordingRecord>;
