import { countOf, MarteauError } from '@marteau/shared';
import { openFolders } from '@marteau/store';
import { verifyBackups } from '../backup/verify-backups.ts';
import { verifyRuns } from '../history/verify-runs.ts';
import { reachLiving } from '../living.ts';
import { createProgress } from '../progress.ts';
import { type Command, openPlace } from './command.ts';

export const verifyCommand: Command = {
  name: 'verify',
  usage: 'verify [PLACE] [--repair]',
  about:
    'compares every run’s folder with the lists, and mends what it can with --repair; of a PLACE, reads its back-ups and compares their checksums',
  options: { repair: { type: 'boolean', default: false } },
  takes: [0, 1],
  async run({ settings, cwd, args: [place], options, say }) {
    const progress = createProgress(say);
    if (place !== undefined) {
      const shelf = await openPlace(cwd, place);
      try {
        return (await verifyBackups(shelf, say, progress)) > 0 ? 1 : 0;
      } finally {
        shelf.close();
      }
    }
    await using living = await reachLiving(settings);
    if (living.store === null) throw new MarteauError('store-unavailable', {});
    const places = await openFolders(settings.dataFolder, settings.bucket);
    try {
      const { folders } = places;
      const repair = options.repair === true;
      const { runs, wrong, mended } = await verifyRuns({
        store: living.store,
        folders,
        repair,
        say,
        progress,
      });
      say(`${countOf(runs, 'run')} looked at in ${places.name}: ${wrong} wrong, ${mended} mended.`);
      return wrong > 0 ? 1 : 0;
    } finally {
      places.close();
    }
  },
};
