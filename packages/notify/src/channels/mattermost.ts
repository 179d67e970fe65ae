import { plainText } from '@marteau/forge';
import { type Channel, json } from '../channel.ts';
import { plainLines } from '../text.ts';

const LONGEST = 4000;

/** Mattermost, and Rocket.Chat: Slack's shape, Markdown, no blocks. */
export const mattermost: Channel = {
  kind: 'mattermost',
  owns: () => false,
  write: (news, { url }) => {
    const link = news.url;
    const text = plainLines({ ...news, url: '' }, LONGEST - link.length - 200).trimEnd();
    const shown = text
      .split('\n')
      .map(plainText)
      .join('\n')
      .slice(0, LONGEST - link.length - 1);
    return json(url, { text: `${shown}\n${link}` });
  },
};
