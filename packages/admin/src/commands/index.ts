import { backupCommand } from './backup.ts';
import type { Command } from './command.ts';
import { restoreCommand } from './restore.ts';

/** What `npm run admin` can do. */
export const commands: readonly Command[] = [backupCommand, restoreCommand];
