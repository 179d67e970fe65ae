import { randomUUID } from 'node:crypto';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMarteauError } from '@marteau/shared';
import { openFolders } from '@marteau/store';
import { type Check, type Finding, ok, wrong } from '../check.ts';

const FOLDER_OF_SECRETS = ['secrets.key', 'link.key'];
const OTHERS = 0o077;

export const folders: Check = {
  name: 'Folders',
  async look({ settings, store }) {
    const { dataFolder, bucket } = settings;
    const findings: Finding[] = [];
    const probe = join(dataFolder, `.doctor-${randomUUID()}`);
    try {
      await mkdir(dataFolder, { recursive: true });
      await writeFile(probe, 'written by the doctor');
    } catch (error) {
      findings.push(
        wrong(
          `The data folder ${dataFolder} cannot be written (${(error as NodeJS.ErrnoException).code}). Give it to the user that runs Marteau, or set MARTEAU_DATA to one that is theirs.`,
        ),
      );
    } finally {
      await rm(probe, { force: true }).catch(() => {});
    }
    if (bucket !== null)
      try {
        (await openFolders(dataFolder, bucket)).close();
      } catch (error) {
        if (!isMarteauError(error)) throw error;
        findings.push(wrong(error.message));
      }
    const seen = await store?.health();
    if (seen && !seen.folders.isSame && findings.length === 0)
      findings.push(
        wrong(
          `Runs are kept in ${seen.folders.own} here, and in ${seen.folders.server} by the server. Give all machines the same MARTEAU_DATA, on a file system that they share, or the same MARTEAU_FOLDERS.`,
        ),
      );
    for (const name of FOLDER_OF_SECRETS) {
      const mode = (await stat(join(dataFolder, name)).catch(() => null))?.mode ?? 0;
      if ((mode & OTHERS) !== 0)
        findings.push(wrong(`Others may read ${join(dataFolder, name)}. chmod 600 keeps them out.`));
    }
    return findings.length > 0
      ? findings
      : [ok(`Runs are kept in ${seen?.folders.own ?? dataFolder}, which can be written.`)];
  },
};
