import type { ResolvedFile } from '@marteau/file';
import { isMarteauError } from '@marteau/shared';
import { findProtocol } from '../protocols/index.ts';
import type { Protocol } from '../protocols/protocol.ts';
import { prepareBehavior, sideBySide } from '../proxy/setting.ts';
import { wrong } from '../wrong.ts';
import { exclusive, settingOf } from './planned-fault.ts';

/**
 * Refuses what the proxies would refuse in the middle of the run: unknown protocols, behaviours and options, and
 * percentages over 100.
 * @throws chaos-wrong, which names the place in the file and what would be right there
 */
export function checkChaos({ proxies, chaos }: Pick<ResolvedFile, 'proxies' | 'chaos'>): void {
  const protocols = new Map<string, Protocol>();
  for (const [name, { protocol }] of Object.entries(proxies)) {
    at(`proxies.${name}.protocol`, () => protocols.set(name, findProtocol(protocol)));
  }
  for (const [i, fault] of (chaos?.timeline ?? []).entries()) {
    at(`chaos.timeline[${i}]`, () => prepareBehavior(settingOf(fault), protocols.get(fault.proxy)!));
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
