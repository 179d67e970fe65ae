import type { ResolvedFile } from '@marteau/file';
import type { RunConsole } from '@marteau/run';
import type { Masker } from '@marteau/shared';
import type { Display } from '../show/display.ts';
import type { World } from '../world.ts';
import type { Interrupts } from './interrupted.ts';
import type { RunFolders } from './run-folders.ts';
import type { Source } from './source.ts';

/** One run on this machine. */
export interface RunContext {
  readonly id: string;
  readonly world: World;
  readonly source: Source;
  readonly file: ResolvedFile;
  /** Try once: one user, each test one time. */
  readonly once: boolean;
  /** The values that the file's `env` names. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly masker: Masker;
  readonly work: RunFolders;
  readonly console: RunConsole;
  readonly display: Display;
  readonly interrupts: Interrupts;
}
