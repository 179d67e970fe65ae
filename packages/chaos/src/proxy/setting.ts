import { saltOf } from '@marteau/shared';
import { findBehavior } from '../behaviors/index.ts';
import { readOptions } from '../behaviors/options.ts';
import type { Behavior, Exchange, Per } from '../contracts.ts';
import type { Protocol } from '../protocols/protocol.ts';
import { thereAre, wrong } from '../wrong.ts';
import type { BehaviorSetting } from './behavior-setting.ts';
import { readMatch } from './match.ts';

/** A behaviour as it is shown: with what was not said when it was asked for. */
export type ShownSetting = BehaviorSetting &
  Required<Pick<BehaviorSetting, 'name' | 'options' | 'probability' | 'per'>>;

/** A behaviour of a proxy, ready to work. */
export interface PreparedBehavior {
  readonly name: string;
  readonly behavior: Behavior;
  readonly options: Record<string, unknown>;
  readonly per: Per;
  readonly direction: 'upstream' | 'downstream' | 'both';
  /** Null: every request. */
  readonly match: ((exchange: Exchange) => boolean) | null;
  /** What its draws are made with; the same for all exclusive ones. */
  readonly salt: number;
  readonly shown: ShownSetting;
}

/** Where in [0, 1) the draw of a behaviour hits. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** What a proxy does, in order. */
export interface Behaviors {
  readonly prepared: readonly PreparedBehavior[];
  readonly ranges: readonly Range[];
}

/**
 * Reads what was asked for: the one place that says what a setting means.
 * @throws chaos-wrong, naming what would be right
 */
export function prepareBehavior(setting: BehaviorSetting, protocol: Protocol): PreparedBehavior {
  const behavior = findBehavior(setting.behavior);
  const { name = behavior.name, probability = 1, direction = 'both', exclusive = false } = setting;
  const per = setting.per ?? (exclusive && behavior.per.includes('request') ? 'request' : behavior.per[0]);
  if (typeof probability !== 'number' || !(probability >= 0 && probability <= 1)) {
    throw wrong(
      `The probability of ${name} is ${JSON.stringify(probability)}; it takes a number from 0 to 1.`,
    );
  }
  if (!behavior.per.includes(per)) {
    const right = thereAre('Write per', behavior.per, per);
    throw wrong(`The probability of ${behavior.name} cannot be drawn per ${String(per)}. ${right}`);
  }
  if (!['upstream', 'downstream', 'both'].includes(direction)) {
    throw wrong(
      `The direction of ${name} is ${JSON.stringify(direction)}; it takes upstream, downstream or both.`,
    );
  }
  const match = readMatch(setting.match, protocol);
  if (match !== null && !behavior.per.includes('request')) {
    throw wrong(`${behavior.name} works on whole connections, so it cannot match single requests.`);
  }
  const given = setting.options ?? {};
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw wrong(`The options of ${name} have to be a map such as {"latency": 100}.`);
  }
  const options = readOptions(behavior.name, behavior.options, given);
  const shown = {
    name,
    behavior: behavior.name,
    options: given,
    probability,
    per,
    ...(behavior.stream ? { direction } : {}),
    ...(match === null ? {} : { match: setting.match }),
    ...(exclusive ? { exclusive } : {}),
  };
  return {
    name,
    behavior,
    options,
    per,
    direction,
    match,
    salt: saltOf(exclusive ? 'exclusive' : name),
    shown,
  };
}

/**
 * Behaviours that work side by side.
 * @throws chaos-wrong when exclusive ones add up to more than 1, or a name is there twice
 */
export function sideBySide(prepared: readonly PreparedBehavior[]): Behaviors {
  const names = new Set<string>();
  let sum = 0;
  const ranges = prepared.map(({ name, shown: { probability, exclusive } }) => {
    if (names.has(name))
      throw wrong(`There are two behaviours '${name}'. Give one of them a name of its own.`);
    names.add(name);
    if (!exclusive) return { from: 0, to: probability };
    const from = sum;
    sum = Number((sum + probability).toPrecision(15));
    if (sum > 1) {
      throw wrong(
        `The percentages add up to ${Number((sum * 100).toPrecision(6))} %. Keep the sum at 100 or below; the rest passes through.`,
      );
    }
    return { from, to: sum };
  });
  return { prepared, ranges };
}
