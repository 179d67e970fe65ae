import { type Static, Type } from 'typebox';
import { readRecord } from '../record/read-record.ts';

/** Somebody takes the head of a pull request as it is, slower or not. */
export const Acceptance = Type.Object({
  v: Type.Literal(1),
  by: Type.String({ description: 'a name, for people' }),
  at: Type.String({ description: 'ISO 8601' }),
});
export type Acceptance = Static<typeof Acceptance>;

/** Reads the text of an accepted.json. @throws MarteauError newer-data, record-damaged */
export function readAcceptance(text: string, run: string): Acceptance {
  return readRecord(text, { schema: Acceptance, version: 1, upgrades: {} }, `accepted.json of run ${run}`);
}
