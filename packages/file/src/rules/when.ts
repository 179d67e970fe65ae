import type { Path } from '../check/path.ts';
import type { MarteauFile } from '../schema/file.ts';
import type { Report } from './rule.ts';

/** What the parts of `when` need of each other and of the profiles. */
export function checkWhen(
  { when, profiles = {} }: Pick<MarteauFile, 'when' | 'profiles'>,
  report: Report,
): void {
  const { push, pull, schedule = [] } = when ?? {};
  const named: [Path, string | undefined][] = [
    [['when', 'push', 'profile'], push?.profile],
    [['when', 'pull', 'profile'], pull?.profile],
    ...schedule.map((one, index): [Path, string | undefined] => [
      ['when', 'schedule', index, 'profile'],
      one.profile,
    ]),
  ];
  for (const [path, profile] of named) {
    if (profile === undefined || Object.hasOwn(profiles, profile)) continue;
    const names = Object.keys(profiles);
    const fix = names.length === 0 ? 'add it under profiles' : `profiles are ${names.join(', ')}`;
    report(path, `there is no profile '${profile}'`, fix);
  }
  if (pull?.strict && pull.gate !== 'confirmed') {
    report(
      ['when', 'pull', 'strict'],
      'strict has no meaning without gate: confirmed',
      'add gate: confirmed, or leave strict out',
    );
  }
  if (push?.paths && push.tags && !push.branches) {
    report(
      ['when', 'push', 'paths'],
      'paths are of branches, and only tags are named',
      'name branches, or leave paths out',
    );
  }
}
