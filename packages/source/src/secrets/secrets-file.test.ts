import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMarteauError } from '@marteau/shared';
import { parseSecrets } from './secrets-file.ts';

test('reads tokens per host and secrets per project', () => {
  const secrets = parseSecrets(`
git:
  GitHub.com: github_pat_1
  git.example.com:8443: {token: deploy:password, share: true}
projects:
  https://github.com/you/project: {TOKEN: s3cret, OTHER: "12345"}
`);
  assert.deepEqual(secrets.git.get('github.com'), { token: 'github_pat_1', share: false });
  assert.deepEqual(secrets.git.get('git.example.com:8443'), { token: 'deploy:password', share: true });
  assert.deepEqual(secrets.projects.get('https://github.com/you/project')?.values, {
    TOKEN: 's3cret',
    OTHER: '12345',
  });
});

test('an empty file holds none', () => {
  assert.equal(parseSecrets('').git.size, 0);
});

for (const { text, says } of [
  { text: 'git: [a]', says: /git is not as it should be/ },
  { text: 'projects: {p: {TOKEN: [hunter2]}}', says: /TOKEN of p is a list and no text/ },
  { text: 'projects: {p: {refs: [refs/pull/1/head]}}', says: /projects, p is not as it should be/ },
  { text: 'projects: {p: {refs: ["a*b*"]}}', says: /projects, p is not as it should be/ },
  { text: 'tokens: {}', says: /is not as it should be/ },
  {
    text: 'projects: {p: {TOKEN: abc}}',
    says: /TOKEN of p is shorter than 4 characters: it could not be hidden/,
  },
  { text: 'git: {github.com: abc}', says: /the git token of github.com is shorter than 4 characters/ },
  { text: 'git: {github.com: "deploy:abc"}', says: /the git token of github.com is shorter/ },
  { text: 'git:\n  a: "hunter2\n b: c: d', says: /not YAML at line \d/ },
]) {
  test(`refuses ${JSON.stringify(text)} without repeating a secret`, () =>
    assert.throws(
      () => parseSecrets(text),
      (error: Error) =>
        isMarteauError(error, 'secrets-wrong') &&
        says.test(error.message) &&
        !/hunter2|abc/.test(error.message),
    ));
}
