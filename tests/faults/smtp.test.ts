// Issue C, fault 10: a mail server that is down, busy, hangs or refuses. tests/mails.test.ts has what a person sees of it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Run } from '@marteau/shared';
import {
  type SmtpServer,
  startSmtpServer,
  startTargetServer,
  type TargetServer,
  waitUntil,
} from '@marteau/testkit';
import { type House, openHouse } from '../house/house.ts';
import { plainProject } from '../house/projects.ts';
import { isLong, LONGEST_MS } from './size.ts';
import { assertSound } from './sound.ts';

describe('a mail server', { concurrency: 1, timeout: LONGEST_MS * 5 }, () => {
  let house: House;
  let smtp: SmtpServer;
  let target: TargetServer;
  let count = 0;
  before(async () => {
    smtp = await startSmtpServer();
    target = await startTargetServer();
    house = await openHouse({
      env: { SMTP_URL: smtp.url, MARTEAU_URL: 'http://127.0.0.1', MARTEAU_MAIL_DOMAINS: 'example.com' },
    });
  });
  after(async () => {
    for (const each of [house, target, smtp]) await each[Symbol.asyncDispose]();
  });

  async function submit(email = 'ana@example.com'): Promise<string> {
    count += 1;
    target.forget();
    const repo = await house.git.createRepo(`smtp-${count}`, plainProject(target.url));
    return house.submit(repo.url, { email });
  }

  /** What became of the run's mail in each try so far: 'sent', 'later', 'refused'. */
  const triesOf = (id: string): string[] =>
    house.workers[0]!.output()
      .split('\n')
      .filter((line) => line.includes(id) && line.includes('"msg":"told"'))
      .map((line): string => JSON.parse(line).outcome);
  const page = async (id: string): Promise<string> => (await fetch(`${house.url}/runs/${id}`)).text();
  const assertMailed = (ids: string[]): Promise<Run[]> =>
    assertSound(house, ids, async () => smtp.mails.map(({ parsed }) => parsed.messageId!));

  test('greets and says no more: loads begin beside the mail that hangs, and both mails go out', {
    timeout: LONGEST_MS,
  }, async () => {
    smtp.mood = 'mute';
    const hangs = await submit();
    await house.ends(hangs);
    await waitUntil('its mail to hang', () => smtp.connections > 0);
    const other = await submit();
    await house.until(other, 'under load', () => target.seen.requests > 0);
    assert.deepEqual(triesOf(hangs), [], 'the load waited until the mail was given up');

    smtp.mood = 'busy';
    await smtp.stop();
    await smtp.start();
    await waitUntil('451', async () => /451 Busy, try again/.test(await page(other)));
    smtp.mood = 'accepting';
    for (const run of await assertMailed([hangs, other])) assert.equal(run.verdict, 'pass', run.reason ?? '');
    for (const id of [hangs, other]) assert.deepEqual(triesOf(id), ['later', 'sent']);
  });

  const moods: Record<string, { begin: () => unknown; end: () => unknown }> = {
    'is down': { begin: () => smtp.stop(), end: () => smtp.start() },
    'answers 451': { begin: () => say('busy'), end: () => say('accepting') },
    hangs: { begin: () => say('hanging'), end: () => say('accepting') },
    'greets and says no more': { begin: () => say('mute'), end: () => say('accepting') },
  };
  const say = (mood: SmtpServer['mood']): void => {
    smtp.mood = mood;
  };

  // A mail that failed twice is tried again after twenty seconds.
  for (const [name, { begin, end }] of isLong ? Object.entries(moods) : []) {
    test(`${name} until a mail has failed twice: it goes out once, with one Message-ID`, {
      timeout: LONGEST_MS,
    }, async () => {
      await begin();
      const id = await submit();
      await house.ends(id);
      await waitUntil('two tries to fail', () => triesOf(id).length === 2, { deadlineMs: 120_000 });
      await end();
      await assertMailed([id]);
    });
  }

  if (isLong)
    test('refuses with 550: the run says so, and others are mailed', { timeout: LONGEST_MS }, async () => {
      smtp.refused.add('gone@example.com');
      const [gone, other] = [await submit('gone@example.com'), await submit()];
      await assertMailed([other]);
      await waitUntil('the refusal on the page', async () =>
        /550 No such mailbox here/.test(await page(gone)),
      );
    });
});
