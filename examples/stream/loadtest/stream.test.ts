import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import 'marteau'; // for EventSource, which Node has behind a flag

const base = process.env.MARTEAU_TARGET ?? 'http://127.0.0.1:8080';

test('reads the news', async () => {
  const news = new EventSource(`${base}/news`);
  const seen: string[] = [];
  while (seen.length < 5) {
    const [event] = (await once(news, 'message')) as [MessageEvent];
    seen.push(event.data);
  }
  news.close();
  assert.equal(seen[0], 'Good morning');
});

test('asks, and reads the answer as it comes', async () => {
  const response = await fetch(`${base}/answers`, {
    method: 'POST',
    body: JSON.stringify({ prompt: 'Ready?' }),
  });
  let text = '';
  for await (const part of response.body!.pipeThrough(new TextDecoderStream())) text += part;
  assert.match(text, /data: nails\n\n/);
  assert.match(text, /data: \[DONE\]\n\n$/);
});
