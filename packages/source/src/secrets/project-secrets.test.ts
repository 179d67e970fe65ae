import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAddress } from '../address/parse-address.ts';
import { gitAccess, projectSecrets, protectedRefs } from './project-secrets.ts';
import { parseSecrets } from './secrets-file.ts';

const secrets = parseSecrets(`
git:
  git.example.com: at-443
  git.example.com:8443: at-8443
projects:
  https://git.example.com/you/project.git/: {TOKEN: first, OTHER: mine}
  https://git.example.com/you/project: {TOKEN: second}
  https://git.example.com/you/guarded: {TOKEN: third, refs: [main, release/*]}
`);

for (const [address, token] of [
  ['https://git.example.com/a', 'at-443'],
  ['https://GIT.example.com:443/a', 'at-443'],
  ['https://git.example.com:8443/a', 'at-8443'],
  ['https://git.example.com:9443/a', undefined],
  ['https://other.example.com/a', undefined],
  ['https://git.example.com.evil.example/a', undefined],
] as const) {
  test(`${address} is shown ${token ?? 'no token'}`, () =>
    assert.equal(gitAccess(secrets, parseAddress(address))?.token, token));
}

test('secrets belong to a project, however its address is written', () => {
  assert.deepEqual(projectSecrets(secrets, 'https://git.example.com/you/project'), {
    TOKEN: 'second',
    OTHER: 'mine',
  });
  assert.deepEqual(projectSecrets(secrets, 'https://git.example.com/you/project2'), {});
});

test('secrets are for the refs that are named, else for the usual ones; a project without any asks for none', () => {
  const refsOf = (name: string) => protectedRefs(secrets, `https://git.example.com/you/${name}`);
  assert.deepEqual(refsOf('guarded'), ['main', 'release/*']);
  assert.equal(refsOf('project'), null);
  assert.equal(refsOf('other'), undefined);
  assert.deepEqual(projectSecrets(secrets, 'https://git.example.com/you/guarded'), { TOKEN: 'third' });
});
