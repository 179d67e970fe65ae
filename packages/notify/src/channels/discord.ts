import { cutTo, plainText } from '@marteau/forge';
import { type Channel, json } from '../channel.ts';
import { titleOf } from '../text.ts';

const COLOURS: Readonly<Record<string, number>> = { pass: 0x009e73, fail: 0xd55e00, invalid: 0x785ef0 };

export const discord: Channel = {
  kind: 'discord',
  owns: ({ host, pathname }) =>
    /^(.+\.)?discord(app)?\.com$/.test(host) && pathname.startsWith('/api/webhooks/'),
  write: (news, { url }) =>
    json(url, {
      embeds: [
        {
          title: cutTo(plainText(titleOf(news)), 250),
          description: cutTo(plainText(news.sentence), 2000),
          url: news.url,
          color: COLOURS[news.outcome] ?? 0x777777,
          fields: news.facts.slice(0, 20).map(({ label, value }) => ({
            name: label,
            value: cutTo(plainText(value) || '–', 200),
            inline: true,
          })),
        },
      ],
      // Whatever somebody named calls nobody.
      allowed_mentions: { parse: [] },
    }),
};
