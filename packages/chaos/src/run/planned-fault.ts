import type { ResolvedFile } from '@marteau/file';
import type { FaultWindow } from '@marteau/measure';
import { formatPercent } from '@marteau/shared';
import type { BehaviorSetting } from '../proxy/setting.ts';

type Chaos = NonNullable<ResolvedFile['chaos']>;

/** A fault with its place in the run. Moments are ms since the load began. */
export interface PlannedFault {
  readonly window: Omit<FaultWindow, 'hits'>;
  /** Its name on the proxy is one of its own, so that it can be taken off whatever else works there. */
  readonly setting: BehaviorSetting & { name: string };
}

/**
 * The faults of a file, in order: those of the timeline, repeated where it says `every`, and the percentages for the
 * whole run.
 * @param length of the load, ms
 */
export function planFaults(chaos: Chaos | null, length: number): PlannedFault[] {
  if (chaos === null) return [];
  const single = chaos.timeline.flatMap((fault) =>
    timesOf(fault, length).map((at) => plan(fault, at, length)),
  );
  const faults = [...single, ...lasting(chaos, length)].toSorted((a, b) => a.window.begin - b.window.begin);
  return faults.map((fault, i) => ({ ...fault, setting: { ...fault.setting, name: `marteau-${i + 1}` } }));
}

/** A fault without its time and what is expected of it. */
type What = Pick<
  Chaos['timeline'][number],
  'behavior' | 'options' | 'probability' | 'per' | 'direction' | 'match'
>;

function timesOf({ atMs, everyMs }: Chaos['timeline'][number], length: number): number[] {
  if (everyMs === null || everyMs <= 0) return [atMs];
  const count = Math.max(1, Math.ceil((length - atMs) / everyMs));
  return Array.from({ length: Math.min(count, 1000) }, (_, i) => atMs + i * everyMs);
}

function plan(
  fault: Chaos['timeline'][number],
  begin: number,
  length: number,
): Omit<PlannedFault, 'setting'> & { setting: BehaviorSetting } {
  const { proxy, behavior, forMs, expect } = fault;
  const end = forMs === null ? length : begin + forMs;
  return {
    window: {
      proxy,
      behavior,
      detail: detailOf(fault),
      begin,
      end,
      lasting: false,
      recoverWithin: expect.recoverWithinMs,
      errors: expect.errors,
    },
    setting: settingOf(fault),
  };
}

/** A fault of the file as the proxy is asked for it. */
export function settingOf(fault: What): BehaviorSetting {
  const { behavior, options, probability, per, direction, match } = fault;
  const { commands, path, headers } = match;
  return {
    behavior,
    options,
    probability,
    ...(per === null ? {} : { per }),
    direction,
    match: {
      ...(commands.length > 0 ? { command: commands } : {}),
      ...(path === null ? {} : { path }),
      ...(Object.keys(headers).length > 0 ? { header: headers } : {}),
    },
  };
}

/** What a reader should know of a fault beside its name. */
export function detailOf({ options, probability, match }: What): string {
  const { commands, path, headers } = match;
  const matched = [
    commands.join(', '),
    path ?? '',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ].filter(Boolean);
  const share = probability < 1 ? formatPercent(probability) : '';
  const hit = [share, matched.length > 0 ? `of ${matched.join(' ')}` : ''].filter(Boolean).join(' ');
  const said = Object.entries(options).map(([name, value]) => `${name} ${value}`);
  return [...said, hit].filter(Boolean).join(', ');
}

/** Percentages of one proxy share one draw, as in Vaurien. */
function lasting({ behaviors, expect }: Chaos, length: number) {
  return Object.entries(behaviors).flatMap(([proxy, list]) =>
    exclusive(list).map((setting) => ({
      window: {
        proxy,
        behavior: setting.behavior,
        detail: formatPercent(setting.probability ?? 1),
        begin: 0,
        end: length,
        lasting: true,
        recoverWithin: null,
        errors: expect.errors,
      },
      setting,
    })),
  );
}

/** Percentages as the proxy is asked for them; what is not named passes. */
export function exclusive(list: readonly { percent: number; behavior: string }[]): BehaviorSetting[] {
  return list
    .filter(({ behavior, percent }) => behavior !== 'dummy' && percent > 0)
    .map(({ behavior, percent }) => ({ behavior, probability: percent / 100, exclusive: true }));
}
