import { randomUUID } from 'node:crypto';
import { isMarteauError, MarteauError } from '@marteau/shared';
import type { Lease } from '@marteau/store';
import type { Failure, LeasedJob } from './leased-job.ts';

const LONGEST = 1000;

/** What a person is told of an error; one that nobody foresaw is logged under a number of its own. */
export function failureOf(error: unknown, { lease, masker, log }: LeasedJob<Lease>): Failure {
  if (isMarteauError(error)) {
    log.info({ code: error.code }, error.message);
    return { reason: short(masker.mask(error.message)), reasonCode: error.code };
  }
  const { code = '' } = (error ?? {}) as NodeJS.ErrnoException;
  if (['ENOSPC', 'EDQUOT'].includes(code)) {
    const full = new MarteauError('node-disk-full', { node: lease.node });
    return { reason: full.message, reasonCode: full.code };
  }
  const id = randomUUID().slice(0, 8);
  log.error({ err: error, id }, 'a defect');
  const internal = new MarteauError('internal', { id });
  return { reason: internal.message, reasonCode: internal.code };
}

function short(reason: string): string {
  return reason.length > LONGEST ? `${reason.slice(0, LONGEST)}…` : reason;
}
