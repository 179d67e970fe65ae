import { entry } from './entry.ts';

/** What a target allows, and what its owner says. */
export const consentErrors = {
  'consent-missing': entry<{ target: string; why: string }>(
    403,
    ({ target, why }) =>
      `Nobody has allowed this server to load ${target}. ${why} Whoever runs the target can: "marteau consent" writes the file for it; or the operator of this server lists it in MARTEAU_TARGETS.`,
  ),
  'consent-beyond': entry<{ list: string }>(
    422,
    ({ list }) =>
      `The load goes beyond what its target allows: ${list}. Ask for less, or ask whoever runs the target to allow more.`,
  ),
  'consent-withdrawn': entry<{ target: string; why: string }>(
    403,
    ({ target, why }) => `${target} does not allow this load any more. ${why}`,
  ),
  'mark-needed': entry<{ target: string }>(
    403,
    ({ target }) =>
      `.marteau.yml says mark: false, and ${target} has not allowed requests that do not say where they come from. Leave it out; or whoever runs the target writes "unmarked": true into its consent, or the operator of this server lists it in MARTEAU_TARGETS.`,
  ),
  'target-blocked': entry<{ target: string; until: string }>(
    403,
    ({ target, until }) =>
      `The owner of ${target} has stopped a load of this project, and until ${until} none of it goes there. The operator of this server can lift that.`,
  ),
  'stop-link-dead': entry(
    404,
    () => 'This address stops no load: it was not made here, or its load has been over for a day.',
  ),
  'too-many-stops': entry(
    429,
    () => 'Too many such requests came from your address. Wait a minute, then try again.',
    true,
  ),
};
