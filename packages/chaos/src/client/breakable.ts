import type { GivenOptions } from '../behaviors/options.ts';
import type { BehaviorSetting } from '../proxy/behavior-setting.ts';

/** A proxy that a test breaks, in this process or elsewhere. */
export interface Breakable {
  /** What it does now. */
  getBehaviors(): Promise<readonly BehaviorSetting[]>;
  /** Replaces what it does. */
  setBehaviors(settings: readonly BehaviorSetting[]): Promise<void>;
}

/**
 * Sets one behaviour, runs a function, and puts back what was there before, however the function ends.
 * @param options those of the behaviour, see docs/guide/chaos.md
 */
export async function withBehavior<T>(
  proxy: Breakable,
  behavior: string,
  options: GivenOptions,
  run: () => Promise<T> | T,
): Promise<T> {
  const before = await proxy.getBehaviors();
  await proxy.setBehaviors([{ behavior, options }]);
  try {
    return await run();
  } finally {
    await proxy.setBehaviors(before);
  }
}
