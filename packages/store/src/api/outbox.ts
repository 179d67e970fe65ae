import type { MailState } from '@marteau/shared';

/** One mail to send. */
export interface Mail {
  /** `RUN/0` */
  id: string;
  runId: string;
  to: string;
  /** The same for every try: `<RUN.HASH@marteau>`. */
  messageId: string;
  /** From 1. */
  try: number;
}

export interface Outbox {
  /** Takes a mail that is due, with a lease of a minute; null when it is not due, sent, or taken by another. */
  claim(mailId: string): Promise<Mail | null>;
  sent(mail: Mail, detail: string): Promise<void>;
  /** Tries again later: 10 s, doubling, at most 30 min; after three days it is refused with this reason. */
  retry(mail: Mail, why: string): Promise<void>;
  refused(mail: Mail, why: string): Promise<void>;
  /** The mails of a run and what became of them. */
  of(runId: string): Promise<MailState[]>;
}

/** Keys that let someone without a login see one thing: a report for 30 days, a project's badge for good. */
export interface Links {
  /** @param now ms since 1970 @returns the key to put into the link */
  sign(runId: string, now: number): Promise<string>;
  /** Whether the key is ours, for this run, and not expired. Never throws on a bad key. */
  verify(runId: string, key: string, now: number): Promise<boolean>;
  /** @param project normalised URL @returns the key of its badge */
  signBadge(project: string): Promise<string>;
  /** Whether the key is ours and for this project. Never throws on a bad key. */
  verifyBadge(project: string, key: string): Promise<boolean>;
}
