import type { Cause } from '@marteau/shared';
import type { Hook } from '@marteau/store';

/** What a cause says of a run of the default branch. */
export function onDefault({ issues }: Hook): Pick<Cause, 'isDefault' | 'issue'> {
  return { isDefault: true, ...(issues && { issue: true }) };
}
