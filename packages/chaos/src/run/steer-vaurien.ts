import type { Allowed } from '@marteau/net';
import { askAt } from '../client/ask.ts';
import type { SteeredProxy } from './steered-proxy.ts';

/**
 * A proxy by Vaurien's control API, as files of 2012 name it: it has one behaviour, or percentages, at a time.
 * @throws chaos-control-failed when it cannot be reached
 */
export async function steerVaurien(url: string, name: string, allowed?: Allowed): Promise<SteeredProxy> {
  const ask = askAt(url, { allowed });
  const { behavior, ...options } = (await ask('GET', '/behavior')) as { behavior: string };
  const before = { name: behavior, ...options };
  const { backend = '' } = ((await ask('GET', '/backend').catch(() => null)) ?? {}) as { backend?: string };
  const putBack = async () => void (await ask('PUT', '/behavior', before));
  return {
    name,
    upstream: backend,
    protocol: 'tcp',
    prior: { kind: 'vaurien', control: url, behavior: before },
    break: async (setting) =>
      void (await ask('PUT', '/behavior', { name: setting.behavior, ...setting.options })),
    heal: putBack,
    restore: putBack,
    passed: async () => null,
  };
}
