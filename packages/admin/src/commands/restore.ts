import { countOf, formatBytes } from '@marteau/shared';
import { lockDataFolder, openFolders } from '@marteau/store';
import { restore } from '../backup/restore.ts';
import { createProgress } from '../progress.ts';
import { type Command, openPlace } from './command.ts';

export const restoreCommand: Command = {
  name: 'restore',
  usage: 'restore PLACE [--at 2026-11-30T22]',
  about:
    'puts the newest back-up of a place, or the one that begins so, into an empty MARTEAU_DATA; Marteau must not run',
  options: { at: { type: 'string' } },
  takes: [1, 1],
  async run({ settings, cwd, args, options, say }) {
    const shelf = await openPlace(cwd, args[0]!);
    const places = await openFolders(settings.dataFolder, settings.bucket);
    const lock = await lockDataFolder(settings.dataFolder);
    try {
      const about = await restore({
        shelf,
        at: typeof options.at === 'string' ? options.at : undefined,
        places,
        dataFolder: settings.dataFolder,
        say,
        progress: createProgress(say),
      });
      say(
        `${countOf(about.files, 'file')} with ${formatBytes(about.bytes)} of the back-up ${about.name} are in ${places.name}. Start Marteau with an empty Redis: it fills itself from the folders.`,
      );
      if (!about.withKeys)
        say(
          'The back-up was made without --with-keys: hooks, keys of the API and secrets of projects have to be made again, and links in mails that were sent before open nothing.',
        );
      return 0;
    } finally {
      await lock.release();
      places.close();
      shelf.close();
    }
  },
};
