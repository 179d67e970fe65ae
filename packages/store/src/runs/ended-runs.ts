import type { Run } from '@marteau/shared';
import type { Channels } from '../control/channels.ts';
import type { Folders } from '../folders/folders.ts';
import { readRunJson } from './run-json.ts';

/** Records of ended runs are read from their folders: the index knows no more of them than that they are there. */
export interface EndedRuns {
  /** Null when there is none. @throws 'newer-data', 'record-damaged' */
  read(id: string): Promise<Run | null>;
}

/** Pages show the newest, again and again. */
const MOST_KEPT = 1000;

export function createEndedRuns(folders: Folders): EndedRuns {
  return { read: (id) => readRunJson(folders, id) };
}

/** The same, and those that were asked for last are kept until a message says that they changed. */
export function keepEndedRuns(folders: Folders, channels: Channels): EndedRuns {
  const kept = new Map<string, Promise<Run | null>>();
  let hears = false;
  let begun = false;
  const begin = (): void => {
    begun = true;
    channels.onChange(
      (message) => kept.delete(message.split(' ', 1)[0]!),
      (isHearing) => {
        hears = isHearing;
        kept.clear();
      },
    );
  };
  return {
    read(id) {
      if (!begun) begin();
      const known = kept.get(id);
      const found = known ?? readRunJson(folders, id);
      kept.delete(id);
      if (!hears) return found;
      kept.set(id, found); // the last that was asked for
      if (known === undefined) found.then((run) => run ?? kept.delete(id)).catch(() => kept.delete(id));
      if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
      return found;
    },
  };
}
