import type { Channel } from '../channel.ts';
import { plainLines, titleOf } from '../text.ts';

const LONGEST_BYTES = 4000;

/** ntfy: the text is the body; headers are ASCII, so a title goes in RFC 2047. */
export const ntfy: Channel = {
  kind: 'ntfy',
  owns: ({ host }) => host === 'ntfy.sh',
  write(news, { url }) {
    const title = Buffer.from(titleOf(news).slice(0, 200)).toString('base64');
    let body = plainLines(news, LONGEST_BYTES);
    for (let most = LONGEST_BYTES; Buffer.byteLength(body) > LONGEST_BYTES; most -= 200)
      body = plainLines(news, most);
    const bad = news.outcome !== 'pass';
    return {
      url,
      headers: {
        title: `=?UTF-8?B?${title}?=`,
        priority: bad ? '4' : '3',
        tags: bad ? 'warning' : 'white_check_mark',
        click: news.url,
      },
      body,
    };
  },
};
