import { type Static, Type } from 'typebox';
import { chaosFields } from './chaos.ts';
import { mapOf } from './fields.ts';
import { loadFields } from './load.ts';
import { recordingFields } from './recordings.ts';
import { runnerFields } from './runner.ts';
import { scriptFields } from './script.ts';
import { targetFields } from './target.ts';
import { verdictFields } from './verdict.ts';
import { whenFields } from './when.ts';

const fields = {
  ...scriptFields,
  ...runnerFields,
  ...loadFields,
  ...targetFields,
  ...verdictFields,
  ...chaosFields,
  ...recordingFields,
};

/** Any of the file's fields: a profile, or what a form or the API overrides. */
export const PartialFile = Type.Partial(Type.Object(fields), {
  additionalProperties: false,
  description: 'Any of the fields of the file.',
});
export type PartialFile = Static<typeof PartialFile>;

/** `.marteau.yml` as written, after parsing. `ResolvedFile` is the same with everything filled in. */
export const MarteauFile = Type.Object(
  {
    ...fields,
    ...whenFields,
    profiles: Type.Optional(
      mapOf('name', PartialFile, {
        description: 'Named partial files, merged over the rest when the form or the API chooses one.',
        examples: [{ smoke: { load: [{ users: 2, for: '10s' }] } }],
      }),
    ),
  },
  { additionalProperties: false },
);
export type MarteauFile = Static<typeof MarteauFile>;
