import { beyondLimits } from '@marteau/file';
import {
  asciiMailAddress,
  MarteauError,
  mailAddressPattern,
  ONCE_TRIGGER,
  type Run,
  type RunRequest,
  type Submitter,
} from '@marteau/shared';
import { checkAddress, parseAddress, parseRef } from '@marteau/source';
import type { Store } from '@marteau/store';
import type { WebConfig } from '../config.ts';
import type { Looker } from '../look/looker.ts';
import { demandToRun, type Rights } from '../rights/rights.ts';

export interface SubmitContext {
  /** 'form', 'api' */
  trigger: string;
  submitter: Submitter;
  /** The name of the person; where it is null, one may give a name. */
  name: string | null;
  rights: Rights;
  idempotencyKey?: string | undefined;
}

interface Services {
  store: Store;
  config: Pick<WebConfig, 'sources'>;
  looker: Pick<Looker, 'requireConsent'>;
}

/**
 * Checks a request and puts it into the queue. What needs the repository itself is checked when it is prepared.
 * @throws MarteauError not-yours, address-*, host-unknown, ref-wrong, bad-request, overrides-wrong, and what
 * `looker.requireConsent` and `runs.submit` throw
 */
export async function submit(
  { store, config, looker }: Services,
  request: RunRequest,
  { trigger, submitter, name, rights, idempotencyKey }: SubmitContext,
): Promise<Run> {
  demandToRun(rights, parseAddress(request.repo).url);
  const address = await checkAddress(request.repo, config.sources);
  const ref = request.ref?.trim();
  const by = name ?? request.by?.trim();
  const email = request.email && asciiMailAddress(request.email.trim());
  parseRef(ref);
  const notBefore = readMoment(request.at, Date.now());
  if (email && !mailAddressPattern.test(email)) {
    const detail = /@.*[\s,;].*@/.test(email)
      ? `"${email}" is more than one mail address, and one fits here. More go under email in .marteau.yml, as a list.`
      : `"${email}" is not one mail address. Enter one like you@example.com, or leave it out.`;
    throw new MarteauError('bad-request', { detail });
  }
  const excess = beyondLimits(request.overrides);
  if (excess !== null) {
    throw new MarteauError('overrides-wrong', {
      count: 1,
      list: `the overrides ${excess} (put what is large into the file)`,
    });
  }
  await looker.requireConsent(request, rights);
  return store.runs.submit({
    request: {
      repo: address.cloneUrl,
      ...(ref && { ref }),
      ...(email && { email }),
      ...(by && { by }),
      ...(request.profile && { profile: request.profile }),
      ...(request.overrides && { overrides: request.overrides }),
      ...(request.once && { once: true }),
    },
    project: address.url,
    submitter,
    ...(notBefore !== null && { notBefore }),
    kind: request.once ? 'once' : 'normal',
    trigger: request.once ? ONCE_TRIGGER : trigger,
    // Runs that the server starts by itself have keys, too.
    ...(idempotencyKey && { idempotencyKey: `asked ${address.url} ${idempotencyKey}` }),
  });
}

const LONGEST_WAIT_MS = 31 * 86_400_000;

/** The moment at which a run is to begin; null for at once. @param now ms @throws MarteauError bad-request */
function readMoment(at: string | undefined, now: number): number | null {
  const text = at?.trim();
  if (!text) return null;
  const moment = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text)
    ? Date.parse(text.replace(' ', 'T'))
    : Number.NaN;
  const wrong = (why: string) =>
    new MarteauError('bad-request', {
      detail: `at is "${text.slice(0, 40)}", ${why}. Write it as in 2026-12-01T02:30:00+01:00, at most 31 days from now.`,
    });
  if (Number.isNaN(moment)) throw wrong('which is no moment with its offset');
  if (moment < now - 60_000) throw wrong('which is over');
  if (moment > now + LONGEST_WAIT_MS) throw wrong('which is too far away');
  return moment;
}
