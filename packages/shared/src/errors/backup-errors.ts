import { entry } from './entry.ts';

/** What goes wrong with back-ups, and with what is merged. */
export const backupErrors = {
  'backup-missing': entry<{ place: string }>(
    404,
    ({ place }) =>
      `There is no back-up of Marteau in ${place}. Name the folder or the s3:// address that \`npm run admin -- backup\` was given.`,
  ),
  'backup-damaged': entry<{ what: string; detail: string }>(
    500,
    ({ what, detail }) =>
      `${what} is damaged: ${detail}. Earlier back-ups of the same place may be whole: \`npm run admin -- verify PLACE\` names them, and \`--at\` takes one.`,
  ),
  'backup-full': entry<{ place: string }>(
    507,
    ({ place }) =>
      `The disk of ${place} is full, so the back-up was not finished; the earlier ones there are whole. Free space there, or name another place, then try again.`,
    true,
  ),
  'backup-newer': entry<{ what: string; format: string }>(
    500,
    ({ what, format }) =>
      `${what} was made by a newer Marteau (${format}), which this one cannot read. Update this Marteau first.`,
  ),
  'restore-not-empty': entry<{ place: string; what: string }>(
    409,
    ({ place, what }) =>
      `${place} is not empty (${what}), and restoring would mix two histories. Name an empty folder with MARTEAU_DATA, or fill what is missing with \`npm run admin -- merge\`.`,
  ),
  'merge-itself': entry<{ place: string }>(
    409,
    ({ place }) => `${place} is what this Marteau keeps its runs in, so there is nothing to merge.`,
  ),
  'history-missing': entry<{ place: string }>(
    404,
    ({ place }) =>
      `${place} has neither runs of a Marteau nor a back-up of one. Name a data folder (with \`runs\` in it), the place of a back-up, or the s3:// address of one.`,
  ),
};
