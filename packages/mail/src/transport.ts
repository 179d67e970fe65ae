import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { Mailbox } from './addresses.ts';

/** What a mail says, and to whom. */
export interface Mail {
  to: Mailbox;
  /** `<…@marteau>`, the same for every try. */
  messageId: string;
  subject: string;
  text: string;
  html: string;
  /** Where its owner stops mails to the address; null for one that was asked for. */
  stop: string | null;
}

/** What became of one try. `later`: the other side may take it another time. `refused`: it never will. */
export interface Sent {
  outcome: 'sent' | 'later' | 'refused';
  /** One line: what the other side answered, or why it did not. */
  detail: string;
  /** Where it can be looked at: a path on the server. */
  page?: string | null;
}

const CONNECT_MS = 10_000;
const SILENCE_MS = 20_000;
const TOTAL_MS = 45_000;

/** Sends one mail to one mailbox. Never throws for what the other side does. */
export type Transport = (mail: Mail) => Promise<Sent>;

/** Through the SMTP server of `smtpUrl`. */
export function smtpTransport(smtpUrl: string, from: Mailbox): Transport {
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return async (mail) => {
    const tooLong = Promise.withResolvers<never>();
    const timer = setTimeout(() => tooLong.reject(new Error(`no end after ${TOTAL_MS / 1000} s`)), TOTAL_MS);
    try {
      const info = await Promise.race([transport.sendMail(message(mail, from)), tooLong.promise]);
      return { outcome: 'sent', detail: oneLine(String(info.response)) };
    } catch (error) {
      return whatFailed(error as SmtpError);
    } finally {
      clearTimeout(timer);
    }
  };
}

/** Into a folder, one `.eml` a mail, where no SMTP server is configured. */
export function outboxTransport(folder: string, from: Mailbox, now: () => number): Transport {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  return async (mail) => {
    const { message: source } = await transport.sendMail({
      ...message(mail, from),
      date: new Date(now()),
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    // The same mail has the same name: a second try replaces the first.
    const id = mail.messageId.replace(/[^A-Za-z0-9.-]/g, '');
    const name = `${id}.eml`;
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `.${name}.tmp`), source as Buffer, { mode: 0o600 });
    await rename(join(folder, `.${name}.tmp`), join(folder, name));
    return { outcome: 'sent', detail: `outbox/${name}`, page: `/outbox/${encodeURIComponent(id)}` };
  };
}

function message({ to, messageId, subject, text, html, stop }: Mail, from: Mailbox) {
  return {
    from,
    to,
    messageId,
    subject,
    text,
    html,
    // So that holiday notices and the like do not answer a machine.
    headers: {
      'Auto-Submitted': 'auto-generated',
      // RFC 8058: mail programs show a button for it.
      ...(stop !== null && {
        'List-Unsubscribe': `<${stop}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      }),
    },
  };
}

interface SmtpError extends Error {
  responseCode?: number;
  command?: string;
  response?: string;
}

/** 5xx about the sender, the recipient or the message is final; anything else may pass. */
function whatFailed({ responseCode, command, response, message }: SmtpError): Sent {
  const aboutTheMail = ['MAIL FROM', 'RCPT TO', 'DATA', 'API'].includes(command ?? '');
  const final = responseCode !== undefined && responseCode >= 500 && aboutTheMail;
  return { outcome: final ? 'refused' : 'later', detail: oneLine(response || message) };
}

function oneLine(text: string): string {
  return text
    .replace(/[\x00-\x1f\x7f]+/g, ' ')
    .trim()
    .slice(0, 300);
}
