import type { World } from '../world.ts';
import { type Display, noDisplay } from './display.ts';
import { lineDisplay } from './line-display.ts';
import { liveDisplay } from './live-display.ts';

/** The display that suits where standard error leads. */
export function openDisplay(world: World, { quiet }: { quiet: boolean }): Display {
  if (quiet) return noDisplay;
  return world.live ? liveDisplay(world, Date.now) : lineDisplay(world, Date.now);
}
