import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { forgeOf } from '@marteau/forge';
import { sourcesPolicy } from '@marteau/net';
import fc from 'fast-check';
import { ChannelKind, type News } from './channel.ts';
import { decideTelling, nothingTold } from './policy.ts';
import { channelOf, kindOfAddress } from './registry.ts';
import { send } from './send.ts';

const news: News = {
  id: 'r1',
  outcome: 'fail',
  name: 'Shop',
  title: 'fail · Shop on main',
  sentence: 'p95 412 ms (wanted < 300 ms)',
  facts: [{ label: 'p95', value: '412 ms' }],
  url: 'https://marteau.example.com/runs/r1',
  data: { run: 'r1', verdict: 'fail' },
  at: '2026-11-30T20:00:00.000Z',
};

test('what an address is of', () => {
  for (const [url, kind] of [
    ['https://hooks.slack.com/services/T/B/x', 'slack'],
    ['https://discord.com/api/webhooks/1/x', 'discord'],
    ['https://chat.googleapis.com/v1/spaces/x', 'google-chat'],
    ['https://prod-1.westeurope.logic.azure.com/workflows/x?sig=y', 'teams'],
    ['https://ntfy.sh/topic', 'ntfy'],
    ['https://chat.example.com/hooks/x', 'webhook'],
    ['https://evil-hooks.slack.com.example.com/x', 'webhook'],
  ] as const)
    assert.equal(kindOfAddress(url), kind, url);
});

const LIMITS: Record<ChannelKind, number> = {
  slack: 13_000,
  mattermost: 5000,
  teams: 28_000,
  discord: 8000,
  'google-chat': 5000,
  ntfy: 4096,
  webhook: 20_000,
};

test('however long and hostile names are, a message is within its limit, calls nobody, and has its link', () => {
  const hostile = fc.oneof(
    fc.constantFrom('@everyone <!channel> <@U1>', '[x](https://evil)', '```\n', '\u202e', 'x'.repeat(9000)),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...ChannelKind.enum), hostile, hostile, (kind, title, sentence) => {
      const facts = Array.from({ length: 6 }, () => ({ label: 'p95', value: sentence.slice(0, 100) }));
      const { body, headers } = channelOf(kind).write(
        { ...news, title, sentence, facts },
        { kind, url: 'https://x.example/y' },
        0,
      );
      assert.ok(Buffer.byteLength(body) <= LIMITS[kind] * 3, `${kind} ${body.length}`);
      assert.ok(kind === 'webhook' || body.includes(news.url));
      if (kind === 'slack') assert.doesNotMatch(body, /<!|<@/);
      if (kind === 'discord') assert.match(body, /"parse":\[\]/);
      for (const value of Object.values(headers ?? {})) assert.match(value, /^[\x20-\x7e]*$/);
    }),
  );
});

test('what is sent, and what becomes of what the other side answers', async () => {
  const seen: { headers: IncomingHttpHeaders; body: string }[] = [];
  let answer: [number, Record<string, string>, string] = [200, {}, 'ok'];
  const server = createServer(async (request, response) => {
    seen.push({ headers: request.headers, body: await text(request) });
    response.writeHead(answer[0], answer[1]).end(answer[2]);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-path`;
  const sending = {
    allowed: sourcesPolicy({ allowPrivate: true }),
    signal: AbortSignal.timeout(60_000),
    now: Date.now(),
  };
  const secret = 'whsec_c2VjcmV0IG9mIG1hbnkgYnl0ZXM=';
  for (const kind of ChannelKind.enum) {
    const sent = await send(news, { kind, url, secret }, sending);
    assert.equal(sent.outcome, 'sent');
  }
  const last = seen.at(-1)!;
  const proof = forgeOf('generic').prove(last.headers, [secret], Date.now());
  proof?.update(Buffer.from(last.body));
  assert.equal(proof?.holds(), true);
  for (const [given, outcome, afterMs] of [
    [[429, { 'retry-after': '30' }, ''], 'later', 30_000],
    [[500, {}, 'oops'], 'later', null],
    [[404, {}, 'no_service'], 'refused', undefined],
    [[302, { location: 'http://127.0.0.1:1/' }, ''], 'refused', undefined],
  ] as const) {
    answer = [...given] as typeof answer;
    const said = await send(news, { kind: 'slack', url }, sending);
    assert.deepEqual([said.outcome, said.afterMs], [outcome, afterMs]);
    assert.doesNotMatch(said.detail, /secret-path/);
  }
  const inside = await send(news, { kind: 'slack', url }, { ...sending, allowed: sourcesPolicy({}) });
  assert.equal(inside.outcome, 'refused');
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
  assert.equal((await send(news, { kind: 'slack', url }, sending)).outcome, 'later');
});

test('a change is told once; what says nothing changes nothing, until it does so three times', () => {
  const tell = (policy: 'change' | 'always' | 'failure' | 'never', outcomes: string[]) => {
    let last = nothingTold;
    return outcomes
      .map((outcome, n) => {
        const decided = decideTelling(policy, last, { run: `r${n}`, outcome });
        last = decided.next;
        return decided.told ? '!' : '.';
      })
      .join('');
  };
  assert.equal(tell('change', ['pass', 'pass', 'fail', 'fail', 'pass', 'pass']), '..!.!.');
  assert.equal(tell('change', ['fail', 'invalid', 'fail', 'error', 'pass']), '!...!');
  assert.equal(tell('change', ['pass', 'invalid', 'error', 'error', 'invalid', 'pass']), '...!.!');
  assert.equal(tell('always', ['pass', 'cancelled', 'error']), '!.!');
  assert.equal(tell('failure', ['pass', 'fail', 'fail', 'invalid']), '.!!!');
  assert.equal(tell('never', ['fail']), '.');
  assert.equal(
    decideTelling('always', { run: 'r5', outcome: 'pass', mute: 0 }, { run: 'r4', outcome: 'fail' }).told,
    false,
  );
});
