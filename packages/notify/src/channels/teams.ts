import { cutTo } from '@marteau/forge';
import { type Channel, json } from '../channel.ts';
import { titleOf } from '../text.ts';

const HOSTS = /(^|\.)(logic\.azure\.com|powerplatform\.com|powerautomate\.com)$/;
const plain = (text: string, most: number) => cutTo(text.replace(/[[\]*_<>]/g, ' '), most);

/** Teams, by a workflow: an adaptive card, 28 KB at most. */
export const teams: Channel = {
  kind: 'teams',
  owns: ({ hostname }) => HOSTS.test(hostname),
  write(news, { url }) {
    const text = (words: string, more = {}) => ({ type: 'TextBlock', text: words, wrap: true, ...more });
    const content = {
      $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
      type: 'AdaptiveCard',
      version: '1.4',
      body: [
        text(plain(titleOf(news), 300), { weight: 'bolder', size: 'medium' }),
        ...(news.sentence ? [text(plain(news.sentence, 2000))] : []),
        {
          type: 'FactSet',
          facts: news.facts
            .slice(0, 20)
            .map(({ label, value }) => ({ title: label, value: plain(value, 300) })),
        },
      ],
      actions: [{ type: 'Action.OpenUrl', title: 'The run and its report', url: news.url }],
    };
    const card = { contentType: 'application/vnd.microsoft.card.adaptive', content };
    return json(url, { type: 'message', attachments: [card] });
  },
};
