import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isMarteauError } from '@marteau/shared';
import fc from 'fast-check';
import { parseRef } from './ref.ts';

const sha = 'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3';

describe('parseRef', () => {
  it('takes branches, tags and full commits; nothing is the default branch', () => {
    const cases: [string | null | undefined, unknown][] = [
      [undefined, { kind: 'default' }],
      [null, { kind: 'default' }],
      ['  ', { kind: 'default' }],
      ['HEAD', { kind: 'default' }],
      ['main', { kind: 'name', name: 'main' }],
      [' feature/x-1_2.3+4 ', { kind: 'name', name: 'feature/x-1_2.3+4' }],
      ['refs/pull/7/head', { kind: 'name', name: 'refs/pull/7/head' }],
      ['grün', { kind: 'name', name: 'grün' }],
      ['a94a8fe', { kind: 'name', name: 'a94a8fe' }],
      [sha.toUpperCase(), { kind: 'commit', sha }],
      ['b'.repeat(64), { kind: 'commit', sha: 'b'.repeat(64) }],
    ];
    for (const [typed, expected] of cases) assert.deepEqual(parseRef(typed), expected);
  });

  it('refuses what is no name, and says why', () => {
    const cases: [string, RegExp][] = [
      ['-oProxyCommand=x', /begins with "-"/],
      ['--upload-pack=x', /begins with "-"/],
      ['a b', /blanks/],
      ['a\nb', /control characters/],
      ['a\u001b[31m', /control characters/],
      ['a..b', /"\.\."/],
      ['main~1', /one of ~/],
      ['a:b', /one of ~/],
      ['refs/*', /one of ~/],
      ['@{upstream}', /"@\{"/],
      ['@', /"@"/],
      ['/a', /begins or ends with "\/"/],
      ['a/', /begins or ends with "\/"/],
      ['a//b', /"\/\/"/],
      ['a/.b', /begins with "\."/],
      ['a.lock', /ends with "\." or "\.lock"/],
      ['a.', /ends with/],
      ['x'.repeat(300), /longer than 250/],
    ];
    for (const [typed, why] of cases) {
      assert.throws(
        () => parseRef(typed),
        (error) => {
          assert.ok(isMarteauError(error, 'ref-wrong'), typed);
          assert.match(error.message, why);
          assert.doesNotMatch(error.message, /[\x00-\x1f]/);
          return true;
        },
      );
    }
  });

  it('gives git nothing that could be an option, a pattern or a range', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (typed) => {
        try {
          const ref = parseRef(typed);
          if (ref.kind === 'name') assert.doesNotMatch(ref.name, /^-|[\x00-\x20~^:?*[\\]|\.\./);
        } catch (error) {
          assert.ok(isMarteauError(error, 'ref-wrong'), String(error));
        }
      }),
    );
  });
});
