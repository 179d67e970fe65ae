import { type Static, Type } from 'typebox';

export const ChannelKind = Type.Enum([
  'slack',
  'mattermost',
  'teams',
  'discord',
  'google-chat',
  'ntfy',
  'webhook',
]);
export type ChannelKind = Static<typeof ChannelKind>;

/** What people are told of a run, in words. Names in it are strangers'. */
export interface News {
  /** Stays the same for every try. */
  readonly id: string;
  /** 'pass', 'fail', 'invalid', 'error' */
  readonly outcome: string;
  /** 'Shop (smoke)' */
  readonly name: string;
  /** 'fail · Shop (smoke) on main' */
  readonly title: string;
  /** One sentence: why. */
  readonly sentence: string;
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  /** The page of the run. */
  readonly url: string;
  /** For programs. */
  readonly data: Readonly<Record<string, unknown>>;
  /** ISO 8601 */
  readonly at: string;
}

/** Where a channel's messages go. */
export interface ChannelAddress {
  readonly kind: ChannelKind;
  /** It is a secret: whoever has it can write there. */
  readonly url: string;
  /** What the webhook signs with. */
  readonly secret?: string | undefined;
}

export interface Message {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A service that tells people. To add one, see README.md. */
export interface Channel {
  readonly kind: ChannelKind;
  /** Whether an address is surely one of it. */
  owns(url: URL): boolean;
  /** @param now ms since 1970 */
  write(news: News, address: ChannelAddress, now: number): Message;
}

/** As JSON, with the header that says so. */
export function json(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Message {
  return { url, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}
