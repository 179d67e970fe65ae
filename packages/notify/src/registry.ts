import type { Channel, ChannelKind } from './channel.ts';
import { discord } from './channels/discord.ts';
import { googleChat } from './channels/google-chat.ts';
import { mattermost } from './channels/mattermost.ts';
import { ntfy } from './channels/ntfy.ts';
import { slack } from './channels/slack.ts';
import { teams } from './channels/teams.ts';
import { webhook } from './channels/webhook.ts';

/** Every channel; the last one takes any address. */
const channels: readonly Channel[] = [slack, mattermost, teams, discord, googleChat, ntfy, webhook];

export function channelOf(kind: ChannelKind): Channel {
  return channels.find((channel) => channel.kind === kind) ?? webhook;
}

/** What an address is of: by its host, else a webhook. */
export function kindOfAddress(url: string): ChannelKind {
  const parsed = new URL(url);
  return channels.find((channel) => channel.owns(parsed))?.kind ?? 'webhook';
}
