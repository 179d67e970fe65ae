import type { ResolvedFile } from '@marteau/file';
import type { FaultSetting } from '@marteau/file/fault-setting';
import type { FaultWindow } from '@marteau/measure';
import { formatPercent, isMarteauError } from '@marteau/shared';
import { findProtocol } from '../protocols/index.ts';
import type { Protocol } from '../protocols/protocol.ts';
import type { BehaviorSetting } from '../proxy/behavior-setting.ts';
import { prepareBehavior, sideBySide } from '../proxy/setting.ts';
import { readStandstill } from '../proxy/standstill.ts';
import { wrong } from '../wrong.ts';

type Chaos = NonNullable<ResolvedFile['chaos']>;

/** A fault with its place in the run. Moments are ms since the load began. */
export interface PlannedFault {
  readonly window: Omit<FaultWindow, 'hits'>;
  /** Its name on the proxy is one of its own, so that it can be taken off whatever else works there. */
  readonly setting: BehaviorSetting & { name: string };
}

type Unnamed = Pick<PlannedFault, 'window'> & { readonly setting: BehaviorSetting };

/**
 * Refuses what the proxies would refuse in the middle of the run: unknown protocols, behaviours and options, and
 * percentages over 100.
 * @throws chaos-wrong, which names the place in the file and what would be right there
 */
export function checkChaos({ proxies, chaos }: Pick<ResolvedFile, 'proxies' | 'chaos'>): void {
  const protocols = new Map<string, Protocol>();
  for (const [name, { protocol, standstillMs }] of Object.entries(proxies)) {
    at(`proxies.${name}.protocol`, () => protocols.set(name, findProtocol(protocol)));
    at(`proxies.${name}.standstill`, () => readStandstill(standstillMs));
  }
  for (const [i, { proxy, setting }] of (chaos?.timeline ?? []).entries()) {
    at(`chaos.timeline[${i}]`, () => prepareBehavior(setting, protocols.get(proxy)!));
  }
  for (const [name, list] of Object.entries(chaos?.behaviors ?? {})) {
    at(`chaos.behaviors.${name}`, () =>
      sideBySide(exclusive(list).map((setting) => prepareBehavior(setting, protocols.get(name)!))),
    );
  }
}

function at(place: string, check: () => unknown): void {
  try {
    check();
  } catch (error) {
    throw isMarteauError(error, 'chaos-wrong') ? wrong(`${place} of .marteau.yml: ${error.message}`) : error;
  }
}

/**
 * The faults of a file, in order: those of the timeline, repeated where it says `every`, and the percentages for the
 * whole run.
 * @param length of the load, ms
 */
export function planFaults(chaos: Chaos | null, length: number): PlannedFault[] {
  if (chaos === null) return [];
  const single = chaos.timeline.flatMap((fault) =>
    timesOf(fault, length).map((at) => planOne(fault, at, length)),
  );
  const faults = [...single, ...lasting(chaos, length)].toSorted((a, b) => a.window.begin - b.window.begin);
  return faults.map((fault, i) => ({ ...fault, setting: { ...fault.setting, name: `marteau-${i + 1}` } }));
}

function timesOf({ atMs, everyMs }: Chaos['timeline'][number], length: number): number[] {
  if (everyMs === null || everyMs <= 0) return [atMs];
  const count = Math.max(1, Math.ceil((length - atMs) / everyMs));
  return Array.from({ length: Math.min(count, 1000) }, (_, i) => atMs + i * everyMs);
}

function planOne(
  { proxy, setting, forMs, expect }: Chaos['timeline'][number],
  begin: number,
  length: number,
): Unnamed {
  return {
    window: {
      proxy,
      behavior: setting.behavior,
      detail: detailOf(setting),
      begin,
      end: forMs === null ? length : begin + forMs,
      lasting: false,
      recoverWithin: expect.recoverWithinMs,
      errors: expect.errors,
    },
    setting,
  };
}

/** What a reader should know of a fault beside its name. */
export function detailOf({ options = {}, probability = 1, match = {} }: FaultSetting): string {
  const matched = [
    [match.command ?? []].flat().join(', '),
    match.path ?? '',
    ...Object.entries(match.header ?? {}).map(([name, value]) => `${name}: ${value}`),
  ].filter(Boolean);
  const share = probability < 1 ? formatPercent(probability) : '';
  const hit = [share, matched.length > 0 ? `of ${matched.join(' ')}` : ''].filter(Boolean).join(' ');
  const said = Object.entries(options).map(([name, value]) => `${name} ${value}`);
  return [...said, hit].filter(Boolean).join(', ');
}

/** Percentages of one proxy share one draw, as in Vaurien. */
function lasting({ behaviors, expect }: Chaos, length: number): Unnamed[] {
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
function exclusive(list: readonly { percent: number; behavior: string }[]): BehaviorSetting[] {
  return list
    .filter(({ behavior, percent }) => behavior !== 'dummy' && percent > 0)
    .map(({ behavior, percent }) => ({ behavior, probability: percent / 100, exclusive: true }));
}
