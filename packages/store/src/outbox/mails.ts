import { createHash } from 'node:crypto';
import type { MailState } from '@marteau/shared';

/** What the scripts keep of one mail, as JSON. */
interface StoredMail {
  to: string;
  state: MailState['state'];
  detail: string;
  tries: number;
  since: number;
}

/** The mails of a run from their hash, in the order of their addresses. */
export function readMails(hash: Record<string, string>): MailState[] {
  return Object.entries(hash)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, json]) => {
      const { to, state, detail } = JSON.parse(json) as StoredMail;
      return { to, state, detail };
    });
}

/** The same for every try, so that a mail that arrives twice is known to be one. */
export function messageId(runId: string, to: string): string {
  const address = createHash('sha256').update(to.toLowerCase()).digest('hex').slice(0, 16);
  return `<${runId}.${address}@marteau>`;
}
