import { backupCommand } from './backup.ts';
import type { Command } from './command.ts';
import { doctorCommand } from './doctor.ts';
import { mergeCommand } from './merge.ts';
import { restoreCommand } from './restore.ts';
import { verifyCommand } from './verify.ts';

/** What `npm run admin` can do. */
export const commands: readonly Command[] = [
  backupCommand,
  restoreCommand,
  mergeCommand,
  verifyCommand,
  doctorCommand,
];
