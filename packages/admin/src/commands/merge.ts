import { countOf } from '@marteau/shared';
import { openFolders } from '@marteau/store';
import { merge, requireOther } from '../history/merge.ts';
import { openHistory } from '../history/open-history.ts';
import { reachLiving } from '../living.ts';
import { createProgress } from '../progress.ts';
import type { Command } from './command.ts';

export const mergeCommand: Command = {
  name: 'merge',
  usage: 'merge OTHER',
  about:
    'fills in the runs that another Marteau (its data folder, its bucket or a back-up) has and this one lacks; nothing is written over, and people, rights and hooks stay here',
  options: {},
  takes: [1, 1],
  async run({ settings, cwd, args, say }) {
    await using history = await openHistory(cwd, args[0]!, say);
    const places = await openFolders(settings.dataFolder, settings.bucket);
    try {
      requireOther(history, places.name);
      await using living = await reachLiving(settings);
      const { added, completed, same, refused } = await merge({
        history,
        folders: places.folders,
        living: living.store?.runs ?? null,
        say,
        progress: createProgress(say),
      });
      say(
        `Merged ${history.name}: ${countOf(added, 'run')} added, ${countOf(completed, 'run')} completed, ${countOf(same, 'run')} were here as they are there, ${refused} left out.`,
      );
      if (living.store === null && added > 0)
        say(
          'Redis does not answer, so the lists have them after the next start with an empty Redis, or a day later.',
        );
      return refused > 0 ? 1 : 0;
    } finally {
      places.close();
    }
  },
};
