import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { Environment } from '@marteau/store';
import { readAddress, readSender } from './addresses.ts';

export interface MailSettings {
  /** An address, or `Name <address>`. */
  readonly from: string;
  /** To which domains mail may go; none for every one. */
  readonly domains: readonly string[];
  /** How many mails leave in a day. */
  readonly perDay: number;
}

const MAILS_PER_DAY = 500;

/** @param url under which people open Marteau; null where none is set */
export function readMailSettings(environment: Environment, url: string | null): MailSettings {
  return {
    from: environment.parsed('MARTEAU_MAIL_FROM', parseSender, sender(url)),
    domains: (environment.text('MARTEAU_MAIL_DOMAINS') ?? '').split(/[\s,]+/).filter(Boolean),
    perDay: environment.amount('MARTEAU_MAILS_PER_DAY', 1, 'a number of mails above 0', MAILS_PER_DAY),
  };
}

/** This machine's name without its domain, and with letters, digits and dashes alone, as a node is called. */
export function hostLabel(): string {
  const [label = ''] = hostname().split('.');
  return label.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '') || 'node';
}

/** By the host of `MARTEAU_URL`, as people know it, where that is a name; else by this machine's, as a container has it at random. */
function sender(url: string | null): string {
  const known = url === null ? '' : new URL(url).hostname;
  const hosts = isIP(known) > 0 || known === 'localhost' ? [hostname()] : [known, hostname()];
  const addresses = hosts.map((host) => `marteau@${host}`);
  return addresses.find((one) => readAddress(one)) ?? `marteau@${hostLabel()}`;
}

function parseSender(text: string): string {
  if (readSender(text)) return text;
  throw new Error(
    `MARTEAU_MAIL_FROM is "${text}"; it takes one address, for example marteau@example.com, or Marteau <marteau@example.com>.`,
  );
}
