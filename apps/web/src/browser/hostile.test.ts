import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBrowser, startGitServer, waitUntil } from '@marteau/testkit';
import { consoleEvent, joinNode, submitRun } from '../fixtures/drive-run.ts';
import { isPwned, openTab } from '../fixtures/open-tab.ts';
import { openTestbed } from '../fixtures/testbed.ts';

const evil = `"'><img src=x onerror="window.pwned=1"><script>window.pwned=1</script>{{ 7*7 }}`;

test('HTML, templates and escapes in names, messages, reasons and the console do nothing', async () => {
  await using bed = await openTestbed();
  await using browser = await startBrowser();
  await using tab = await openTab(browser);
  const { page } = tab;
  const node = await joinNode(bed.store, 'n1');
  const run = await submitRun(bed.store, {
    request: { repo: 'https://example.com/a/b', ref: evil, overrides: { test: evil } },
    project: `https://example.com/${evil}`,
    submitter: { kind: 'email', id: `${evil}@example.com` },
  });
  await page.goto(`${bed.url}/runs/${run.id}`);
  await run.enterLine({ name: evil, commitSubject: evil, commitAuthor: evil, test: evil, target: evil });
  const share = await run.start(node);
  await bed.store.runs.setPhase(share, { name: evil, detail: evil, progress: 0.5 });
  await run.say(
    consoleEvent(
      `${evil}\n\u001b]8;;javascript:alert(1)\u0007click\u001b]8;;\u0007 \u001b[31m${evil}\u001b[0m`,
    ),
    consoleEvent(`\u001b]0;${evil}\u0007\u202e reversed`),
    { type: 'fault', at: Date.now(), kind: evil, title: evil, detail: evil, duration: 10 },
  );
  await page.locator('#console .f1', { hasText: 'onerror' }).waitFor();
  await page.locator('.steps', { hasText: 'onerror' }).waitFor();
  await run.finish({ verdict: 'fail', reason: evil });
  await page.locator('.says', { hasText: 'onerror' }).waitFor();
  for (const path of [`/runs/${run.id}`, '/', '/runs', '/projects', '/nodes', `/runs/${run.id}/console`]) {
    await page.goto(bed.url + path);
    await page.waitForLoadState('networkidle');
    assert.equal(await isPwned(page), false, path);
    assert.equal(await page.locator('img').count(), 0, path);
    assert.doesNotMatch((await page.textContent('body')) ?? '', /\b49\b(?=[^0-9.])(?=.*window\.pwned)/);
  }
  assert.equal(await page.locator('a[href^="javascript:"]').count(), 0);
});

test('a hostile .marteau.yml does nothing in the form', async () => {
  await using bed = await openTestbed();
  await using git = await startGitServer();
  await using browser = await startBrowser();
  await using tab = await openTab(browser);
  const { page } = tab;
  const quoted = JSON.stringify(evil);
  const { url: repo } = await git.createRepo('evil', {
    '.marteau.yml': `name: ${quoted}\nscript: a.test.ts\ntest: ${quoted}\n${quoted}: 1\nprofiles: {${quoted}: {duration: 1s}}\n`,
    'a.test.ts': '',
  });
  await page.goto(`${bed.url}/new?repo=${encodeURIComponent(repo)}`);
  await page.locator('#look', { hasText: 'unknown field' }).waitFor();
  await git.createRepo('evil2', {
    '.marteau.yml': `name: ${quoted}\nscript: a.test.ts\ntest: ${quoted}\n`,
    'a.test.ts': '',
  });
  await page.goto(`${bed.url}/new?repo=${encodeURIComponent(`${git.url}/evil2.git`)}`);
  await page.locator('#look h2', { hasText: 'onerror' }).waitFor();
  await waitUntil('the test to be filled in', async () => (await page.inputValue('#test')) === evil);
  assert.equal(await isPwned(page), false);
});

test('a report runs in a sandbox: no cookies, no storage, no request, no parent', async () => {
  await using bed = await openTestbed();
  await using browser = await startBrowser();
  await using tab = await openTab(browser, {
    expected: [/Content Security Policy/, /ERR_BLOCKED|violates/, /sandbox/i],
  });
  const { page } = tab;
  const run = await submitRun(bed.store);
  await page.goto(bed.url);
  await bed.store.folders.of(run.id).put(
    'report.html',
    `<title>r</title><h1>report</h1><script>
      const tried = {};
      const attempt = (name, f) => { try { tried[name] = String(f()); } catch (e) { tried[name] = 'refused'; } };
      attempt('cookie', () => document.cookie);
      attempt('storage', () => localStorage.length);
      attempt('origin', () => self.origin);
      fetch('/api/v1/runs').then(() => { tried.fetch = 'went'; }, () => { tried.fetch = 'refused'; })
        .finally(() => { document.querySelector('h1').textContent = JSON.stringify(tried); });
    </script>`,
  );
  await page.goto(`${bed.url}/runs/${run.id}/report`);
  await page.locator('h1', { hasText: 'fetch' }).waitFor();
  assert.deepEqual(JSON.parse((await page.textContent('h1')) ?? ''), {
    cookie: 'refused',
    storage: 'refused',
    origin: 'null',
    fetch: 'refused',
  });
});

test('a mail of the outbox is shown in a sandbox, and its link opens beside it', async () => {
  await using bed = await openTestbed();
  await using browser = await startBrowser();
  await using tab = await openTab(browser, {
    expected: [/sandbox|Content Security Policy|Blocked script/i, /evil\.example/],
  });
  const { page } = tab;
  const failures: string[] = [];
  page.on('requestfailed', (request) => failures.push(`${request.url()} ${request.failure()?.errorText}`));
  const { mkdir, writeFile } = await import('node:fs/promises');
  await mkdir(`${bed.dataFolder}/outbox`);
  await writeFile(
    `${bed.dataFolder}/outbox/r1.abc@marteau.eml`,
    [
      'From: marteau@example.com',
      'To: ana@example.com',
      'Subject: fail <img src=x onerror="window.pwned=1">',
      'Content-Type: text/html; charset=utf-8',
      '',
      `<p>p95 412 ms <a href="${bed.url}/nodes">Open</a></p><script>top.pwned=1</script><img src="https://evil.example/x.png">`,
    ].join('\r\n'),
  );
  await page.goto(`${bed.url}/outbox`);
  await page.getByRole('link', { name: /^fail/ }).click();
  const mail = page.frameLocator('iframe.mail');
  await mail.getByText('p95 412 ms').waitFor();
  assert.deepEqual(failures, ['https://evil.example/x.png csp']);
  const [popup] = await Promise.all([
    page.waitForEvent('popup'),
    mail.getByRole('link', { name: 'Open' }).click(),
  ]);
  await popup.waitForURL(`${bed.url}/nodes`);
  assert.equal(await isPwned(page), false);
});
