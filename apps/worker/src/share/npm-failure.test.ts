import assert from 'node:assert/strict';
import { test } from 'node:test';
import { npmFailure } from './npm-failure.ts';

for (const { name, output, code, says } of [
  {
    name: 'an unknown package',
    output: `npm error code E404
npm error 404 Not Found - GET https://registry.npmjs.org/nosuchpkg - Not found
npm error 404  The requested resource 'nosuchpkg@*' could not be found or you do not have permission to access it.
npm error A complete log of this run can be found in: /x`,
    code: 'npm-package-unknown',
    says: /^npm could not find nosuchpkg\./,
  },
  {
    name: 'an unknown package, in older words',
    output: "npm ERR! code E404\nnpm ERR! 404  '@a/b@^1.0.0' is not in this registry.",
    code: 'npm-package-unknown',
    says: /^npm could not find @a\/b@\^1\.0\.0\./,
  },
  {
    name: 'an unknown version',
    output: 'npm error code ETARGET\nnpm error notarget No matching version found for left-pad@99.0.0.',
    code: 'npm-package-unknown',
    says: /^npm could not find left-pad@99\.0\.0\./,
  },
  {
    name: 'no network',
    output: 'npm error code EAI_AGAIN\nnpm error syscall getaddrinfo',
    code: 'npm-unreachable',
    says: /npm could not reach its registry from this node \(EAI_AGAIN\)/,
  },
  {
    name: 'a lock file that does not fit',
    output:
      'npm error code EUSAGE\nnpm error\nnpm error `npm ci` can only install packages when your package.json and package-lock.json are in sync.',
    code: 'npm-lock-outdated',
    says: /does not fit package\.json/,
  },
  {
    name: 'anything else, in npm’s own words',
    output:
      'npm error code EJSONPARSE\nnpm error path /x/package.json\nnpm error JSON.parse Unexpected token',
    code: 'npm-failed',
    says: /npm said "path \/x\/package\.json"/,
  },
  { name: 'nothing said', output: '', code: 'npm-failed', says: /npm ended with exit code 7/ },
]) {
  test(`understands ${name}`, () => {
    const error = npmFailure(output, 'npm ended with exit code 7');
    assert.equal(error.code, code);
    assert.match(error.message, says);
  });
}
