// From MARTEAU_ADMIN to a colleague who sees one project and not the other: by mail, and by a provider of OpenID Connect.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { projectId } from '@marteau/store';
import { startBrowser, startOidcProvider, type TestPage, waitUntil } from '@marteau/testkit';
import { openTestbed, type Testbed } from '../fixtures/testbed.ts';

type Page = TestPage['page'];

const shop = 'http://127.0.0.1:9/team/shop';
const other = 'http://127.0.0.1:9/team/other';
const client = { id: 'marteau', secret: 'a-secret-of-the-client' };

async function signInByMail(bed: Testbed, page: Page, mail: string): Promise<void> {
  const before = bed.told.length;
  await page.goto(bed.url);
  await page.getByLabel('Your mail address').fill(mail);
  await page.getByRole('button', { name: 'Mail me a link' }).click();
  await page.getByText('a mail with a link is on its way').waitFor();
  await waitUntil('the mail', () => bed.told.length > before);
  await page.goto(/(http\S+)$/.exec(bed.told.at(-1)!)![1]!);
  assert.doesNotMatch(page.url(), /#/); // neither the history nor a page that follows has the code
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('link', { name: 'Projects' }).waitFor();
}

async function seesTheShopAlone(bed: Testbed, page: Page): Promise<void> {
  await page.goto(`${bed.url}/projects`);
  await page.getByRole('link', { name: 'team/shop' }).first().waitFor();
  assert.equal(await page.getByText('team/other').count(), 0);
  assert.equal(await page.getByRole('link', { name: 'People' }).count(), 0);
  assert.equal((await page.goto(`${bed.url}/projects/${projectId(other)}`))?.status(), 404);
}

test('an admin invites colleagues, by mail and from a provider, who see one project and not the other', async () => {
  await using provider = await startOidcProvider(client);
  await using bed = await openTestbed({
    MARTEAU_ADMIN: 'ana@example.com',
    MARTEAU_OIDC_ISSUER: provider.issuer,
    MARTEAU_OIDC_CLIENT_ID: client.id,
    MARTEAU_OIDC_CLIENT_SECRET: client.secret,
  });
  provider.expect(`${bed.url}/sign-in/from/oidc`);
  for (const repo of [shop, other]) await bed.store.projects.make(repo);
  await using browser = await startBrowser();
  await using anas = await browser.openPage();
  const ana = anas.page;
  await signInByMail(bed, ana, 'ana@example.com');
  await ana.getByRole('link', { name: 'People' }).click();
  await ana.getByRole('row', { name: /ana@example\.com.*admin.*you/ }).waitFor();

  await ana.goto(`${bed.url}/projects/${projectId(shop)}`);
  await ana.getByRole('link', { name: 'Members' }).click();
  await ana.getByLabel('Somebody, by mail address').fill('ben@example.com');
  await ana.getByRole('radio', { name: /reader/ }).check();
  await ana.getByRole('button', { name: 'Give it' }).click();
  await ana.getByRole('row', { name: /ben@example\.com reader/ }).waitFor();
  await using bens = await browser.openPage({ expected: [/404/] });
  await signInByMail(bed, bens.page, 'ben@example.com');
  await seesTheShopAlone(bed, bens.page);

  // Another, whom the provider knows: nothing is theirs until it is given.
  await using caras = await browser.openPage({ expected: [/404/] });
  const cara = caras.page;
  provider.who.name = 'Cara';
  await cara.goto(bed.url);
  await cara.getByRole('button', { name: 'Sign in with 127.0.0.1' }).click();
  await cara.getByRole('link', { name: 'Cara' }).waitFor();
  await cara.goto(`${bed.url}/projects`);
  assert.equal(await cara.getByText('team/shop').count(), 0);
  await ana.reload();
  const cara1 = (await bed.store.people.list()).find(({ name }) => name === 'Cara')!;
  await ana.getByLabel('Or somebody without an address').fill(cara1.id);
  await ana.getByRole('button', { name: 'Give it' }).click();
  await ana.getByRole('row', { name: /Cara runner/ }).waitFor();
  await seesTheShopAlone(bed, cara);

  // Whoever signs in there again is the same person, whatever they are called by then.
  await cara.goto(`${bed.url}/you`);
  await cara.getByRole('button', { name: 'Sign out here' }).click();
  provider.who.name = 'Ana Ponce';
  await cara.getByRole('button', { name: 'Sign in with 127.0.0.1' }).click();
  await cara.getByRole('link', { name: 'Cara' }).waitFor();
  assert.equal((await bed.store.people.list()).length, 3);
});

test('a passkey is made after signing in, and signs in without a mail until it is removed', async () => {
  await using bed = await openTestbed({ MARTEAU_ADMIN: 'ana@example.com' });
  await using browser = await startBrowser();
  await using tab = await browser.openPage({ expected: [/401/] });
  const { page } = tab;
  // A passkey belongs to a name, and an address in numbers is none.
  const home = bed.url.replace('127.0.0.1', 'localhost');
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await signInByMail({ ...bed, url: home }, page, 'ana@example.com');
  await page.goto(`${home}/you`);
  await page.getByLabel('Name of a new passkey').fill('laptop');
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByRole('button', { name: 'Remove the passkey laptop' }).waitFor();

  await page.getByRole('button', { name: 'Sign out here' }).click();
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.getByRole('link', { name: 'Projects' }).waitFor();
  await page.goto(`${home}/you`);
  await page.getByText('passkey', { exact: true }).waitFor();

  await page.getByRole('button', { name: 'Remove the passkey laptop' }).click();
  await page.getByRole('button', { name: 'Sign out here' }).click();
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.getByText('This passkey opens nothing here').waitFor();
});
