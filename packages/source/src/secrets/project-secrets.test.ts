import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAddress } from '../address/parse-address.ts';
import { gitToken, projectSecrets } from './project-secrets.ts';
import { parseSecrets } from './secrets-file.ts';

const secrets = parseSecrets(`
git:
  git.example.com: at-443
  git.example.com:8443: at-8443
projects:
  https://git.example.com/you/project.git/: {TOKEN: first, OTHER: mine}
  https://git.example.com/you/project: {TOKEN: second}
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
    assert.equal(gitToken(secrets, parseAddress(address)), token));
}

test('secrets belong to a project, however its address is written', () => {
  assert.deepEqual(projectSecrets(secrets, 'https://git.example.com/you/project'), {
    TOKEN: 'second',
    OTHER: 'mine',
  });
  assert.deepEqual(projectSecrets(secrets, 'https://git.example.com/you/project2'), {});
});
