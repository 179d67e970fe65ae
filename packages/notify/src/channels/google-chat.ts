import { type Channel, json } from '../channel.ts';
import { plainLines } from '../text.ts';

export const googleChat: Channel = {
  kind: 'google-chat',
  owns: ({ host }) => host === 'chat.googleapis.com',
  write: (news, { url }) => json(url, { text: plainLines(news, 4000).replace(/[<>]/g, ' ') }),
};
