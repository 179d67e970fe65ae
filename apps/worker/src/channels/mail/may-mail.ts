import { isAllowed, type Mailbox } from '@marteau/mail';
import type { MailboxRecord } from '@marteau/store';
import type { Told } from '../channel.ts';

/** For how long a run's mail waits for an answer. */
const ANSWER_WITHIN_MS = 3 * 86_400_000;

/** What to do about a mail to an address: send it, ask first, or tell why not. */
export type Leave = 'send' | 'ask' | Told;

interface Circumstances {
  readonly domains: readonly string[];
  /** The sender's address. */
  readonly from: string;
  /** Whether mails leave this server; into the outbox everything may go. */
  readonly leaves: boolean;
  readonly known: Pick<MailboxRecord, 'state' | 'at'> | null;
  /** ms */
  readonly now: number;
}

/**
 * Whether an address may be mailed: it is of the sender's own domain, or of one that the operator names, or its owner has
 * said so. Where the operator names none, others are asked, once.
 */
export function mayMail(to: Mailbox, { domains, from, leaves, known, now }: Circumstances): Leave {
  const refused = (detail: string): Told => ({ outcome: 'refused', detail });
  if (known?.state === 'stopped') return refused('whoever reads mail there wants none from this server');
  const own = from.split('@')[1]!;
  if (leaves ? isAllowed(to, [own, ...domains]) : isAllowed(to, domains)) return 'send';
  if (domains.length > 0) {
    const only = domains.join(', ');
    return refused(`this server mails only to ${only} (MARTEAU_MAIL_DOMAINS)`);
  }
  if (known === null) return 'ask';
  if (known.state === 'confirmed') return 'send';
  return now - known.at < ANSWER_WITHIN_MS
    ? { outcome: 'later', detail: 'it was asked by mail whether it may be mailed, and has not answered yet' }
    : refused('it was asked by mail whether it may be mailed, and did not answer');
}
