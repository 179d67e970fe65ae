import { cutTo } from '@marteau/forge';
import { type Channel, json, type News } from '../channel.ts';
import { titleOf } from '../text.ts';

/** Slack's own escapes: what strangers named makes no link and calls nobody. */
function plain(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/@/g, '@\u200b');
}

/** A section takes 3,000 characters, and ten fields. */
function blocks(news: News): unknown[] {
  const { sentence, facts, url } = news;
  const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text: cutTo(text, 2900) } });
  const fields = facts.slice(0, 10).map(({ label, value }) => ({
    type: 'mrkdwn',
    text: cutTo(`*${plain(label)}*\n${plain(value)}`, 1900),
  }));
  return [
    section(`*${plain(titleOf(news))}*${sentence ? `\n${plain(sentence)}` : ''}`),
    ...(fields.length > 0 ? [{ type: 'section', fields }] : []),
    section(`<${url}|The run and its report>`),
  ];
}

export const slack: Channel = {
  kind: 'slack',
  owns: ({ host }) => host === 'hooks.slack.com',
  write: (news, { url }) => json(url, { text: cutTo(plain(titleOf(news)), 300), blocks: blocks(news) }),
};
