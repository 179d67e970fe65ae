import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';

/** A mail that was written to a file because no SMTP server is configured. */
export interface OutboxMail {
  /** Name of the file without its ending. */
  name: string;
  to: string;
  from: string;
  subject: string;
  /** ISO instant, or null where the mail has no date. */
  date: string | null;
  text: string;
  /** As it came: foreign, to be shown in a sandbox only. '' where there is none. */
  html: string;
}

export interface OutboxFolder {
  /** The newest mails, by the time of their files. */
  list(limit: number): Promise<OutboxMail[]>;
  /** Null for a name that is none, and for what is no regular file. */
  read(name: string): Promise<OutboxMail | null>;
}

/** Of those that sign somebody in: they are read on the server's disk alone. */
export const SIGN_IN_MAIL = 'sign-in.';
const NAME_SHAPE = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,200}$/;
const ENDING = '.eml';
const LARGEST = 2_000_000;

/** The folder of mails, which may not be there yet. Nothing is followed through a symbolic link. */
export function outboxFolder(path: string): OutboxFolder {
  async function read(name: string): Promise<OutboxMail | null> {
    if (!NAME_SHAPE.test(name) || name.startsWith(SIGN_IN_MAIL)) return null;
    const bytes = await readRegularFile(join(path, name + ENDING));
    if (bytes === null) return null;
    const mail = await simpleParser(bytes, { skipImageLinks: true, skipTextToHtml: true });
    return {
      name,
      to: addresses(mail.to),
      from: addresses(mail.from),
      subject: mail.subject ?? '',
      date: mail.date?.toISOString() ?? null,
      text: mail.text ?? '',
      html: mail.html || '',
    };
  }

  async function list(limit: number): Promise<OutboxMail[]> {
    const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
    const files = entries
      .filter(
        (entry) => entry.isFile() && entry.name.endsWith(ENDING) && !entry.name.startsWith(SIGN_IN_MAIL),
      )
      .map((entry) => entry.name);
    const dated = await Promise.all(
      files.map(async (file) => ({ file, at: await modified(join(path, file)) })),
    );
    const newest = dated.sort((a, b) => b.at - a.at).slice(0, limit);
    const mails = await Promise.all(newest.map(({ file }) => read(file.slice(0, -ENDING.length))));
    return mails.filter((mail) => mail !== null);
  }

  return { list, read };
}

async function readRegularFile(path: string): Promise<Buffer | null> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => null);
  if (file === null) return null;
  try {
    const stat = await file.stat();
    return stat.isFile() && stat.size <= LARGEST ? await file.readFile() : null;
  } finally {
    await file.close();
  }
}

async function modified(path: string): Promise<number> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => null);
  if (file === null) return 0;
  try {
    return (await file.stat()).mtimeMs;
  } finally {
    await file.close();
  }
}

function addresses(field: { text: string } | { text: string }[] | undefined): string {
  return (Array.isArray(field) ? field : [field]).flatMap((one) => (one ? [one.text] : [])).join(', ');
}
