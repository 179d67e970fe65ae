import { formatBytes } from '@marteau/shared';
import { type Check, odd, ok, wrong } from '../check.ts';

const OLDEST = [6, 2];
const NEARLY_FULL = 0.8;

export const redis: Check = {
  name: 'Redis',
  async look({ store, settings }) {
    const { host } = new URL(settings.redisUrl);
    if (store === null)
      return [
        wrong(
          `Redis does not answer at ${host || 'its socket'}. Start it, or set REDIS_URL to where it is; without it nothing is queued or shown.`,
        ),
      ];
    const { version, warnings, usedMemory, maxMemory } = await store.health();
    const findings = warnings.map(wrong);
    if (isOlder(version))
      findings.push(wrong(`Redis is of version ${version}; Marteau needs 6.2 or newer. Update it.`));
    if (maxMemory !== null && usedMemory > NEARLY_FULL * maxMemory)
      findings.push(
        wrong(
          `Redis has used ${formatBytes(usedMemory)} of its maxmemory of ${formatBytes(maxMemory)}. Give it more: from nine tenths on new runs are refused.`,
        ),
      );
    if (maxMemory === null)
      findings.push(
        odd(
          'Redis has no maxmemory: should it grow beyond the memory of its machine, the kernel ends it. Set one, with maxmemory-policy noeviction.',
        ),
      );
    return findings.some(({ kind }) => kind === 'wrong')
      ? findings
      : [
          ok(`Redis ${version} answers, keeps what it is told, and uses ${formatBytes(usedMemory)}.`),
          ...findings,
        ];
  },
};

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return version !== '' && (major < OLDEST[0]! || (major === OLDEST[0] && minor < OLDEST[1]!));
}
