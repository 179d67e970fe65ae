import type { FixtureContext } from '@marteau/fixture';
import type { ShareLease, Store } from '@marteau/store';
import type { Stage } from '../stage/stage.ts';

/** What the fixtures of a share have outside of its process: people who steer it, and what outlives it. */
export function outside(
  { commands, repairs }: Store,
  { hold, folder, masker }: Stage<ShareLease>,
): Required<Pick<FixtureContext, 'priorStates' | 'onCommand' | 'keepText'>> {
  return {
    priorStates: {
      keep: (place, state) => repairs.keep({ place, lease: hold, state }),
      forget: (place) => repairs.forget({ place, lease: hold }),
    },
    onCommand: (listener) => commands.listen(hold, listener),
    keepText: async (name, text) => void (await folder.put(name, masker.mask(text))),
  };
}
