import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { isAllowed } from '@marteau/mail';
import { addressKind, ipv6Groups } from '@marteau/net';
import { asciiMailAddress, MarteauError, mailAddressPattern } from '@marteau/shared';
import type { Person, Store } from '@marteau/store';
import type { WebConfig } from '../config.ts';
import type { Mailer } from './mailer.ts';

/** What is kept of a sign-in by mail until its link is used. */
export interface Asked {
  mail: string;
  /** A path of this site. */
  to: string;
  /** The hash of what the asking browser keeps. */
  browser: string;
  agent: string;
  address: string;
  /** ms since 1970 */
  at: number;
}

interface Asking {
  mail: string;
  to: string;
  /** What the asking browser keeps: 256 random bits. */
  browser: string;
  agent: string;
  address: string;
  /** Of this server. */
  base: string;
}

const MOST_PER_ADDRESS = 20;
/** Of a private address, which is a proxy's and so everybody's, or of people in one house. */
const MOST_PER_HOUSE = 600;
/** Asked for from one network: whoever else asks uses up none of the owner's. */
const MOST_PER_MAILBOX = 10;
/** From all networks together: nobody's mailbox is to be filled. */
const MOST_FROM_ALL = 200;

/** Signing in by a link in a mail: whoever reads the mailbox is its owner. */
export function createSignInByMail(
  { store, config, send }: { store: Store; config: WebConfig; send: Mailer },
  log: { warn(fields: object, message: string): void },
) {
  /**
   * Mails a link, where the address may sign in here. What is answered is the same in every case, and as quick.
   * @throws MarteauError bad-request for what is no address, 'too-many-sign-ins'
   */
  async function ask({ base, ...asking }: Asking): Promise<void> {
    const mail = asciiMailAddress(asking.mail.trim()).toLowerCase();
    if (!mailAddressPattern.test(mail))
      throw new MarteauError('bad-request', {
        detail: `"${asking.mail.slice(0, 100)}" is not one mail address. Enter one like you@example.com.`,
      });
    const mailbox = mailboxOf(mail);
    const mayTry =
      (await store.signIns.mayTry(`address ${asking.address}`, mostFrom(asking.address))) &&
      (await store.signIns.mayTry(
        `mailbox ${mailbox} from ${networkOf(asking.address)}`,
        MOST_PER_MAILBOX,
      )) &&
      (await store.signIns.mayTry(`mailbox ${mailbox}`, MOST_FROM_ALL));
    if (!mayTry) throw new MarteauError('too-many-sign-ins', {});
    const code = randomBytes(32).toString('base64url');
    const kept: Asked = { ...asking, mail, browser: hash(asking.browser), at: Date.now() };
    await store.signIns.begin(code, kept);
    // Neither awaited nor told: who may sign in here is nobody's business.
    void mailCode(mail, code, base).catch((error: unknown) =>
      log.warn({ err: error }, 'no sign-in mail was sent'),
    );
  }

  async function mailCode(mail: string, code: string, base: string): Promise<void> {
    if (!(await mayHaveAccount(mail))) return;
    const { host } = new URL(base);
    const told = await send({
      to: mail,
      subject: `Sign in to Marteau at ${host}`,
      sentence: `Somebody, we hope you, wants to sign in to Marteau at ${host}.`,
      go: 'Sign in',
      link: `${base}/sign-in/link#${code}`,
      note: 'The link works once, within ten minutes. If it was not you, do nothing.',
    });
    if (told.outcome !== 'sent') log.warn({ detail: told.detail }, 'a sign-in mail was not sent');
  }

  async function mayHaveAccount(mail: string): Promise<boolean> {
    const { domains } = config.mail;
    const known = await store.people.find({ issuer: 'mail', subject: mail });
    if (known !== null) return !known.isDisabled;
    return (
      config.admins.includes(mail) || (domains.length > 0 && isAllowed({ name: '', address: mail }, domains))
    );
  }

  return {
    ask,
    /** What a code is for; null for one that was used, or is too old. */
    look: (code: string) => store.signIns.look<Asked>(code),
    isSameBrowser: (asked: Asked, browser: string | undefined) =>
      browser !== undefined && equal(hash(browser), asked.browser),
    /** Uses a code up. @throws MarteauError link-over also for somebody who was disabled meanwhile */
    async use(code: string): Promise<{ person: Person; to: string }> {
      const asked = await store.signIns.take<Asked>(code);
      if (asked === null || !(await mayHaveAccount(asked.mail))) throw new MarteauError('link-over', {});
      const { person } = await store.people.make(
        { issuer: 'mail', subject: asked.mail, name: asked.mail },
        { mail: asked.mail },
      );
      if (person.isDisabled) throw new MarteauError('link-over', {});
      return { person, to: asked.to };
    },
  };
}

export type SignInByMail = ReturnType<typeof createSignInByMail>;

function mostFrom(address: string): number {
  return addressKind(address) === null ? MOST_PER_ADDRESS : MOST_PER_HOUSE;
}

/** What one customer of a provider has of addresses: '192.0.2.0' of IPv4 (/24), '2001:db8:1' of IPv6 (/48). */
function networkOf(address: string): string {
  const v4 = /^(?:::ffff:)?(\d+\.\d+\.\d+)\.\d+$/.exec(address)?.[1];
  if (v4 !== undefined) return `${v4}.0`;
  if (isIP(address) !== 6) return address;
  return ipv6Groups(address)
    .slice(0, 3)
    .map((group) => group.toString(16))
    .join(':');
}

/** One mailbox may have many addresses: what follows a plus, and dots, are dropped where limits count. */
function mailboxOf(mail: string): string {
  const [local = '', domain = ''] = mail.split('@');
  return `${local.replace(/\+.*/, '').replaceAll('.', '')}@${domain}`;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function equal(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
