import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A shell command that says that it is there, and waits until it is let go. */
export interface ShellHold {
  command: string;
  /** Whether somebody waits in it, or did. */
  isReached(): boolean;
  letGo(): Promise<void>;
}

export function shellHold(folder: string, name: string): ShellHold {
  const [here, go] = [join(folder, `${name}-here`), join(folder, `${name}-go`)];
  return {
    command: `touch ${here}; until [ -e ${go} ]; do sleep 0.05; done`,
    isReached: () => existsSync(here),
    letGo: () => writeFile(go, ''),
  };
}
