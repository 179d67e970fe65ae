// Issue C, fault 1: SIGKILL of a worker that mails.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSmtpServer, startTargetServer, waitUntil } from '@marteau/testkit';
import { openHouse } from '../house/house.ts';
import { plainProject } from '../house/projects.ts';

test('SIGKILL of the worker while it mails: the mail goes out, and the run is as it was', async () => {
  await using smtp = await startSmtpServer();
  await using target = await startTargetServer();
  await using house = await openHouse({
    env: { SMTP_URL: smtp.url, MARTEAU_URL: 'http://127.0.0.1', MARTEAU_MAIL_DOMAINS: 'example.com' },
  });
  smtp.mood = 'hanging';
  const repo = await house.git.createRepo('mailed', plainProject(target.url));
  const id = await house.submit(repo.url, { email: 'ana@example.com' });
  const run = await house.ends(id);
  await waitUntil('the mail to hang', () => smtp.connections > 0);
  await house.workers.pop()!.kill();
  smtp.mood = 'accepting';
  await house.startWorker();
  await waitUntil('the mail', () => smtp.mails.length > 0, { deadlineMs: 120_000 });
  await waitUntil('the run to say so', async () =>
    (await house.run(id)).mails.every(({ state }) => state === 'sent'),
  );
  assert.deepEqual({ ...(await house.run(id)), mails: run.mails }, run);
});
