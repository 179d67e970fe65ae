import { decideAll, decisionsOf, hostsOf, whyNotBegin } from '@marteau/consent';
import type { ResolvedFile } from '@marteau/file';
import { addressesOf, outsidePolicy } from '@marteau/net';
import { MarteauError, type TargetDecision } from '@marteau/shared';
import type { Blocks } from '@marteau/store';
import type { WebConfig } from '../config.ts';
import { createMemory } from '../data/memory.ts';

/** Whether the targets of a file may be loaded; why not, where they may not. */
export type JudgeTargets = (
  file: ResolvedFile,
) => Promise<{ readonly consent: TargetDecision[]; readonly why: MarteauError | null }>;

const REMEMBERED = 100;
/** What an owner has just written is seen after this time, in ms. */
const LIFETIME_MS = 10_000;

/**
 * Asks targets for the form and the API as workers do before a load; workers ask again, and theirs is the last word.
 * @returns what judges for one project, by its normalised URL
 */
export function createTargetJudge(
  config: Pick<WebConfig, 'outside' | 'url'>,
  blocks: Pick<Blocks, 'find'>,
  signal: AbortSignal,
): (project: string) => JudgeTargets {
  const { outside, url } = config;
  const memory = createMemory<Awaited<ReturnType<typeof decideAll>>>(REMEMBERED, LIFETIME_MS, Date.now);
  return (project) => async (file) => {
    const { targets, network, proxies, recordings, fixtures } = file;
    const key = JSON.stringify([project, targets, network, proxies, recordings, fixtures]);
    const options = {
      settings: outside,
      isRequired: outside.consent,
      server: url,
      project,
      allowed: outsidePolicy(outside),
      signal,
      now: Date.now,
    };
    const [block, decided] = await Promise.all([
      addressesOf(hostsOf(file)).then((addresses) => blocks.find(project, hostsOf(file), addresses)),
      memory.get(key, () => decideAll(file, options)),
    ]);
    const consent = decisionsOf(file, decided);
    if (block)
      return { consent, why: new MarteauError('target-blocked', { target: block.host, until: block.until }) };
    return { consent, why: whyNotBegin(file, consent, { isRequired: outside.consent }) };
  };
}
