import { countOf, formatBytes } from '@marteau/shared';
import { openFolders } from '@marteau/store';
import { backUp } from '../backup/backup.ts';
import { createProgress } from '../progress.ts';
import { type Command, openPlace } from './command.ts';

export const backupCommand: Command = {
  name: 'backup',
  usage: 'backup PLACE [--with-keys]',
  about:
    'adds a back-up to a folder or s3://BUCKET/PREFIX, while Marteau runs: only what no earlier one there has. Keys and secrets only with --with-keys',
  options: { 'with-keys': { type: 'boolean', default: false } },
  takes: [1, 1],
  async run({ settings, cwd, version, args, options, say }) {
    const shelf = await openPlace(cwd, args[0]!);
    const places = await openFolders(settings.dataFolder, settings.bucket);
    try {
      const { about, former, added, stored } = await backUp({
        places,
        dataFolder: settings.dataFolder,
        shelf,
        withKeys: options['with-keys'] === true,
        version,
        now: () => new Date(),
        say,
        progress: createProgress(say),
      });
      say(
        `The back-up ${about.name} is in ${shelf.name}: ${countOf(about.files, 'file')} with ${formatBytes(about.bytes)}; ${former === null ? 'all' : countOf(added.files, 'file')} of them new, in ${formatBytes(stored)} of archives.`,
      );
      if (!about.withKeys)
        say(
          'Hooks, keys of the API and secrets are not in it: only --with-keys takes them, and makes the back-up as secret as they are.',
        );
      return 0;
    } finally {
      places.close();
      shelf.close();
    }
  },
};
