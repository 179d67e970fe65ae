import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { outboxTransport, readAddress, readSender, type Sent, smtpTransport } from '@marteau/mail';
import nunjucks from 'nunjucks';
import type { WebConfig } from '../config.ts';
import { SIGN_IN_MAIL } from '../outbox/outbox-folder.ts';

/** A mail by which somebody signs in, or is invited to. */
export interface SignInMail {
  to: string;
  subject: string;
  /** What it is about, in a sentence. */
  sentence: string;
  /** What the button says. */
  go: string;
  link: string;
  /** What else there is to know. */
  note: string;
}

export type Mailer = (mail: SignInMail) => Promise<Sent>;

const folder = fileURLToPath(new URL('../../../../templates/mail', import.meta.url));
const options = { trimBlocks: true, lstripBlocks: true, throwOnUndefined: true };
const loader = new nunjucks.FileSystemLoader(folder);
const text = new nunjucks.Environment(loader, { ...options, autoescape: false });
const html = new nunjucks.Environment(loader, { ...options, autoescape: true });

/**
 * Sends through the SMTP server, or where there is none into the outbox and to whoever watches the terminal.
 * @param tell prints a line where the operator reads it
 */
export function createMailer(
  { mail, smtpUrl, outbox }: Pick<WebConfig, 'mail' | 'smtpUrl' | 'outbox'>,
  tell: (line: string) => void,
): Mailer {
  const from = readSender(mail.from)!;
  const send = smtpUrl ? smtpTransport(smtpUrl, from) : outboxTransport(outbox, from, Date.now);
  return async (written) => {
    const to = readAddress(written.to);
    if (to === null) return { outcome: 'refused', detail: 'this is not one address' };
    const sent = await send({
      to,
      subject: written.subject,
      text: text.render('sign-in.txt.njk', written),
      html: html.render('sign-in.html.njk', written),
      messageId: `<${SIGN_IN_MAIL}${randomBytes(12).toString('hex')}@marteau>`,
      stop: null,
    });
    if (!smtpUrl) tell(`No SMTP server is set. The mail to ${to.address} has this link: ${written.link}`);
    return sent;
  };
}
