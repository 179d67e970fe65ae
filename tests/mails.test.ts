import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSmtpServer, startTargetServer, waitUntil } from '@marteau/testkit';
import { type ApiRun, type House, openHouse } from './house/house.ts';
import { plainProject } from './house/projects.ts';

const publicUrl = 'http://127.0.0.1';

/** What became of the mails of a run, as its page says. */
async function mailsOf(house: House, id: string): Promise<string> {
  const page = await fetch(`${house.url}/runs/${id}`);
  return (await page.text()).replace(/<[^>]+>/g, ' ');
}

async function submit(house: House, target: string, more = '', email = 'ana@example.com'): Promise<ApiRun> {
  const repo = await house.git.createRepo(`mail-${Math.random()}`, plainProject(target, more));
  return house.ends(await house.submit(repo.url, { email }));
}

test('mails go to the submitter and the addresses of the file, each once; refused ones show on the page', async () => {
  await using smtp = await startSmtpServer();
  await using target = await startTargetServer();
  await using house = await openHouse({
    env: { SMTP_URL: smtp.url, MARTEAU_URL: publicUrl, MARTEAU_MAIL_DOMAINS: 'example.com' },
  });
  smtp.refused.add('gone@example.com');
  const run = await submit(
    house,
    target.url,
    'email: [Ana@example.com, team@example.com, gone@example.com, eve@elsewhere.org]\nthresholds: [p95 < 1us]\n',
  );
  assert.equal(run.verdict, 'fail', run.reason ?? '');
  await waitUntil('two mails', () => smtp.mails.length === 2);
  assert.deepEqual(smtp.mails.flatMap(({ to }) => to).sort(), ['ana@example.com', 'team@example.com']);
  const [mail] = smtp.mails;
  assert.match(mail!.parsed.subject!, /^fail · Plain · p95 .+ \(wanted < 1 µs\)$/);
  assert.match(mail!.parsed.text!, /It first failed in minute 1 of the load/);
  assert.match(mail!.parsed.text!, /The generator kept up/);
  assert.notEqual(smtp.mails[0]!.parsed.messageId, smtp.mails[1]!.parsed.messageId);
  const page = await waitUntil('the refusals on the page', async () => {
    const text = await mailsOf(house, run.id);
    return /gone@example\.com.*No such mailbox here/s.test(text) && text;
  });
  assert.match(page, /eve@elsewhere\.org.*this server mails only to example\.com \(MARTEAU_MAIL_DOMAINS\)/s);
});

test('a mail says what changed since the last good run, and why a run ended in error', async () => {
  await using smtp = await startSmtpServer();
  await using target = await startTargetServer();
  await using house = await openHouse({
    env: { SMTP_URL: smtp.url, MARTEAU_URL: publicUrl, MARTEAU_MAIL_DOMAINS: 'example.com' },
  });
  const repo = await house.git.createRepo('shop', plainProject(target.url));
  const submitAgain = async (): Promise<ApiRun> =>
    house.ends(await house.submit(repo.url, { email: 'ana@example.com' }));
  assert.equal((await submitAgain()).verdict, 'pass');
  assert.equal((await submitAgain()).verdict, 'pass');
  await waitUntil('two mails', () => smtp.mails.length === 2);
  assert.match(smtp.mails[1]!.parsed.text!, /What changed since [0-9a-f]{8} .+:\n/);
  await repo.commit({ '.marteau.yml': 'script: nowhere.test.ts' });
  assert.equal((await submitAgain()).state, 'error');
  const mail = await waitUntil('the third mail', () => smtp.mails[2]);
  assert.match(mail.parsed.subject!, /^error · shop · \.marteau\.yml names the script nowhere\.test\.ts/);
  assert.doesNotMatch(mail.parsed.text!, /report\?key=/);
});

test('whom the file names hears of an error before the load, too, also of a mistake elsewhere in the file', async () => {
  await using smtp = await startSmtpServer();
  await using house = await openHouse({
    env: { SMTP_URL: smtp.url, MARTEAU_URL: publicUrl, MARTEAU_MAIL_DOMAINS: 'example.com' },
  });
  const repo = await house.git.createRepo('early', {
    '.marteau.yml': 'script: nowhere.test.ts\nemail: [team@example.com, ana@example.com]\n',
  });
  await house.ends(await house.submit(repo.url, { email: 'ana@example.com' }));
  await waitUntil('a mail for each', () => smtp.mails.length === 2);
  assert.deepEqual(smtp.mails.flatMap(({ to }) => to).sort(), ['ana@example.com', 'team@example.com']);
  await repo.commit({ '.marteau.yml': 'scirpt: a.test.ts\nemail: team@example.com\n' });
  assert.equal((await house.ends(await house.submit(repo.url))).reasonCode, 'file-wrong');
  await waitUntil('a mail of the mistake', () => smtp.mails.length === 3);
  assert.deepEqual(smtp.mails[2]!.to, ['team@example.com']);
});

test('an SMTP server that hangs or is away delays a mail and never a run', async () => {
  await using smtp = await startSmtpServer();
  await using target = await startTargetServer();
  await using house = await openHouse({
    env: { SMTP_URL: smtp.url, MARTEAU_URL: publicUrl, MARTEAU_MAIL_DOMAINS: 'example.com' },
  });
  await smtp.stop();
  const run = await submit(house, target.url);
  assert.equal(run.verdict, 'pass');
  await waitUntil('the page to say why it waits', async () =>
    /ECONNREFUSED/.test(await mailsOf(house, run.id)),
  );
  smtp.mood = 'hanging';
  await smtp.start();
  const next = await submit(house, target.url, '', 'bob@example.com');
  assert.equal(next.verdict, 'pass');
  smtp.mood = 'accepting';
  await waitUntil('both mails', () => smtp.mails.length >= 2, { deadlineMs: 120_000 });
  const ids = smtp.mails.map(({ parsed }) => parsed.messageId);
  assert.equal(new Set(ids).size, 2);
});

test('who cancels gets no mail, the others do', async () => {
  await using smtp = await startSmtpServer();
  await using target = await startTargetServer();
  await using house = await openHouse({
    env: { SMTP_URL: smtp.url, MARTEAU_URL: publicUrl, MARTEAU_MAIL_DOMAINS: 'example.com' },
  });
  const repo = await house.git.createRepo(
    'cancelled',
    plainProject(target.url, 'email: team@example.com\nbefore: sleep 600\n'),
  );
  const id = await house.submit(repo.url, { email: 'ana@example.com' });
  await house.reaches(id, 'running');
  await house.api('POST', `/runs/${id}/cancel`);
  assert.equal((await house.ends(id)).state, 'cancelled');
  const mail = await waitUntil('the mail', () =>
    smtp.mails.find(({ to }) => to.includes('team@example.com')),
  );
  assert.match(mail.parsed.subject!, /^cancelled · Plain/);
});

test('who is of no domain of the server’s is asked once, and mailed when they say so; not more leave than a day may have', async () => {
  await using smtp = await startSmtpServer();
  await using house = await openHouse({
    env: {
      SMTP_URL: smtp.url,
      MARTEAU_URL: publicUrl,
      MARTEAU_MAIL_FROM: 'marteau@example.com',
      MARTEAU_MAILS_PER_DAY: '3',
    },
  });
  const repo = await house.git.createRepo('spam', { '.marteau.yml': 'script: nowhere.test.ts' });
  const subject = 'Your account expires, see https://evil.example/login';
  await repo.commit({ a: '1' }, subject);
  const told = async (email: string): Promise<string> => {
    const run = await house.ends(await house.submit(repo.url, { email }));
    const mails = await waitUntil('the mail to be tried', async () => {
      const { mails } = await house.run(run.id);
      return mails.every(({ detail }) => detail !== '') && mails;
    });
    return mails.map(({ state, detail }) => `${state}: ${detail}`).join();
  };
  assert.match(await told('eve@elsewhere.org'), /it is asked by mail whether it may be mailed/);
  assert.match(await told('eve@elsewhere.org'), /has not answered yet/);
  assert.equal(smtp.mails.length, 1);
  const question = smtp.mails[0]!.parsed.text!;
  assert.doesNotMatch(question, /evil|expires/);

  const link = /https?:\S+\/mailbox\/confirm\?\S+/.exec(question)![0];
  const at = (address: string, init?: RequestInit) =>
    fetch(address.replace(/^https?:\/\/[^/]+/, house.url), init);
  assert.match(await (await at(link)).text(), /May this Marteau mail eve@elsewhere\.org/);
  assert.match(
    await told('eve@elsewhere.org'),
    /has not answered yet/,
    'a mail server that opens links says nothing',
  );
  for (const wrong of [link.replace('eve', 'bob'), `${link}x`, link.replace('confirm', 'nothing')])
    assert.equal((await at(wrong, { method: 'POST' })).status, 404);
  assert.equal((await at(link, { method: 'POST' })).status, 200);
  assert.match(await told('eve@elsewhere.org'), /^sent/);

  const headers = smtp.mails.at(-1)!.parsed.headers.get('list') as unknown as {
    unsubscribe: { url: string };
  };
  const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' });
  assert.equal((await at(headers.unsubscribe.url, { method: 'POST', body })).status, 200);
  assert.match(await told('eve@elsewhere.org'), /^refused: whoever reads mail there wants none/);

  assert.match(await told('ana@example.com'), /^sent/);
  assert.match(await told('bob@example.com'), /3 mails have left today \(MARTEAU_MAILS_PER_DAY\)/);
  assert.equal(smtp.mails.length, 3);
});
