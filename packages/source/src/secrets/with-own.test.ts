import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAddress } from '../address/parse-address.ts';
import { gitAccess, projectSecrets, protectedRefs } from './project-secrets.ts';
import { parseSecrets } from './secrets-file.ts';
import { withOwnSecrets } from './with-own.ts';

const shop = 'https://git.example.com/you/shop';
const secrets = parseSecrets(`
git: {git.example.com: of-the-server}
projects:
  ${shop}: {TOKEN: first, refs: [main]}
  ${shop}.git: {OTHER: second}
`);

test('what a project has itself comes before what the file says of it, and is of no other', () => {
  const own = withOwnSecrets(secrets, shop, { values: { TOKEN: 'mine', OTHER: 'mine' }, git: 'my-token' });
  assert.deepEqual(projectSecrets(own, shop), { TOKEN: 'mine', OTHER: 'mine' });
  assert.deepEqual(protectedRefs(own, shop), ['main']);
  assert.equal(gitAccess(own, parseAddress(shop))?.token, 'my-token');
  assert.equal(gitAccess(own, parseAddress('https://other.example.com/a')), undefined);
  assert.deepEqual(projectSecrets(own, `${shop}2`), {});
  assert.equal(withOwnSecrets(secrets, shop, { values: {}, git: null }), secrets);
});
