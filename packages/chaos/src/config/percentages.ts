import { findBehavior } from '../behaviors/index.ts';
import type { GivenOptions } from '../behaviors/options.ts';
import type { BehaviorSetting } from '../proxy/behavior-setting.ts';
import { wrong } from '../wrong.ts';

/**
 * Reads Vaurien's list `5:error,10:delay`: of 100 requests 5 get an error, 10 others are delayed, the rest passes.
 * @param options by behaviour
 * @throws chaos-wrong, naming what would be right
 */
export function readPercentages(
  written: string,
  options: Readonly<Record<string, GivenOptions>> = {},
): BehaviorSetting[] {
  const settings: BehaviorSetting[] = [];
  let sum = 0;
  for (const part of written.split(',')) {
    const [, percent, name] = /^\s*(\d+(?:\.\d+)?)\s*:\s*([\w-]+)\s*$/.exec(part) ?? [];
    if (percent === undefined || name === undefined) {
      throw wrong(
        `'${part.trim()}' is no percentage and behaviour. Write PERCENT:BEHAVIOUR, as in 5:error,10:delay.`,
      );
    }
    const { name: behavior } = findBehavior(name);
    sum = Number((sum + Number(percent)).toPrecision(12));
    if (sum > 100)
      throw wrong(
        `The percentages in '${written}' add up to ${sum} %. Keep the sum at 100 or below; the rest passes through.`,
      );
    const probability = Number((Number(percent) / 100).toPrecision(12));
    if (behavior === 'dummy') continue; // what is not named passes as well
    const twin = settings.find((setting) => setting.behavior === behavior);
    if (twin) throw wrong(`'${written}' names ${behavior} twice. Add its percentages up.`);
    settings.push({ behavior, probability, exclusive: true, options: options[behavior] ?? {} });
  }
  return settings;
}
