import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isMarteauError } from '@marteau/shared';
import fc from 'fast-check';
import { parseAddress } from './parse-address.ts';

describe('parseAddress', () => {
  const good: [string, string, string, string][] = [
    // typed, url, cloneUrl, path
    ['https://github.com/o/r', 'https://github.com/o/r', 'https://github.com/o/r', 'o/r'],
    ['  https://GitHub.com:443/o/r.git/\n', 'https://github.com/o/r', 'https://github.com/o/r.git', 'o/r'],
    ['HTTPS://example.com./a//b///', 'https://example.com/a//b', 'https://example.com/a//b', 'a//b'],
    ['https://example.com/x/../o/r', 'https://example.com/o/r', 'https://example.com/o/r', 'o/r'],
    [
      'https://git.example.com:8443/o/sub/r',
      'https://git.example.com:8443/o/sub/r',
      'https://git.example.com:8443/o/sub/r',
      'o/sub/r',
    ],
    [
      'https://bücher.example/o/r%20x',
      'https://xn--bcher-kva.example/o/r%20x',
      'https://xn--bcher-kva.example/o/r%20x',
      'o/r x',
    ],
    ['https://example.com/o/r@2', 'https://example.com/o/r@2', 'https://example.com/o/r@2', 'o/r@2'],
    ['http://127.1/o/r', 'http://127.0.0.1/o/r', 'http://127.0.0.1/o/r', 'o/r'],
    ['https://[::1]/o/r', 'https://[::1]/o/r', 'https://[::1]/o/r', 'o/r'],
    ['file:///srv/git/shop.git', 'file:///srv/git/shop', 'file:///srv/git/shop.git', 'srv/git/shop'],
  ];
  for (const [typed, url, cloneUrl, path] of good) {
    it(`reads ${JSON.stringify(typed)}`, () => {
      const address = parseAddress(typed);
      assert.deepEqual([address.url, address.cloneUrl, address.path], [url, cloneUrl, path]);
      assert.equal(address.name, path.split('/').at(-1));
    });
  }

  it('tells host and port', () => {
    const of = (typed: string) => [
      parseAddress(typed).protocol,
      parseAddress(typed).host,
      parseAddress(typed).port,
    ];
    assert.deepEqual(of('https://a.example/r'), ['https', 'a.example', 443]);
    assert.deepEqual(of('http://[::1]:3000/r'), ['http', '::1', 3000]);
    assert.deepEqual(of('file:///r'), ['file', '', 0]);
  });

  const pages: [string, string][] = [
    ['http://host/g1/tree/trunk', 'http://host/g1, branch trunk?'],
    ['https://host:8443/o/r/blob/main/src/a.ts?plain=1#L3', 'https://host:8443/o/r, branch main?'],
    [
      `https://github.com/o/r/tree/${'a'.repeat(40)}/sub/`,
      `https://github.com/o/r, commit ${'a'.repeat(40)}?`,
    ],
    [`https://github.com/o/r/commit/${'b'.repeat(40)}`, `https://github.com/o/r, commit ${'b'.repeat(40)}?`],
    ['https://github.com/o/r/pull/7/files', 'https://github.com/o/r?'],
    ['https://gitlab.com/g/sub/r/-/tree/trunk?ref_type=heads', 'https://gitlab.com/g/sub/r, branch trunk?'],
    ['https://gitlab.com/g/r/-/issues', 'https://gitlab.com/g/r?'],
    ['https://codeberg.org/o/r/src/branch/main/docs', 'https://codeberg.org/o/r, branch main?'],
    ['https://bitbucket.org/o/r/src/main/', 'https://bitbucket.org/o/r, branch main?'],
  ];
  for (const [typed, meant] of pages) {
    it(`tells what was meant by ${typed.slice(0, 60)}`, () => {
      assert.throws(
        () => parseAddress(typed),
        (error) => {
          assert.ok(isMarteauError(error, 'address-of-page'));
          assert.ok(error.message.includes(`did you mean ${meant}`), error.message);
          return true;
        },
      );
    });
  }

  it('takes a repository whose name looks like a page', () => {
    for (const path of ['o/tree', 'o/src', 'g/src/project', 'g/tree/r.git', 'o/r/tree', 'o/-r', 'issues/r'])
      assert.equal(parseAddress(`https://example.com/${path}`).path, path.replace('.git', ''));
  });

  const bad: [string, string, RegExp][] = [
    ['', 'address-empty', /Enter one like https/],
    [' \n ', 'address-empty', /Enter one like https/],
    [`https://example.com/${'x'.repeat(2048)}`, 'address-too-long', /2048/],
    ['https://example.com/\u0000r', 'address-control-characters', /control characters/],
    ['https://example.com/\u001b[31mr', 'address-control-characters', /control characters/],
    ['https://example.com/%0ar', 'address-control-characters', /control characters/],
    ['https://example.com/a b', 'address-whitespace', /%20/],
    ['https://example.com/a\nhttps://example.com/b', 'address-whitespace', /one address/],
    ['--upload-pack=touch /tmp/x', 'address-whitespace', /./],
    ['--upload-pack=/tmp/x', 'address-option', /begins with "-"/],
    ['-oProxyCommand=calc', 'address-option', /begins with "-"/],
    ['https://-oProxyCommand=calc/x', 'address-option', /begins with "-"/],
    ['ssh://-oProxyCommand=calc/x', 'address-option', /begins with "-"/],
    ['ext::sh -c touch% /tmp/x', 'address-helper', /"ext::" would let git start another program/],
    ['fd::17/x', 'address-helper', /"fd::"/],
    ['git@github.com:o/r.git', 'address-ssh', /Use https:\/\/github\.com\/o\/r instead/],
    ['ssh://git@git.example.com:22/o/r', 'address-ssh', /Use https:\/\/git\.example\.com\/o\/r instead/],
    ['git+ssh://git@github.com/o/r', 'address-ssh', /https:\/\/github\.com\/o\/r/],
    ['ssh://host/x', 'address-ssh', /Use an address like/],
    ['git://github.com/o/r', 'address-scheme', /not over git\./],
    ['ftp://example.com/r', 'address-scheme', /not over ftp\./],
    ['javascript://x/%0aalert(1)', 'address-scheme', /not over javascript/],
    ['github.com/o/r', 'address-not-a-url', /Did you mean https:\/\/github\.com\/o\/r\?/],
    ['github.com:443/o/r', 'address-not-a-url', /Did you mean https:\/\/github\.com\/o\/r\?/],
    ['shop', 'address-not-a-url', /Enter one like/],
    ['/home/me/shop', 'address-not-a-url', /Enter one like/],
    ['https:', 'address-not-a-url', /Enter one like/],
    ['https://', 'address-not-a-url', /Enter one like/],
    ['https://exa mple.com/r', 'address-whitespace', /./],
    ['https://example.com:99999/r', 'address-not-a-url', /Enter one like/],
    ['file://server/share', 'address-not-a-url', /Enter one like/],
    ['https://user:hunter2@example.com/r', 'address-credentials', /Nothing was stored/],
    ['https://hunter2@example.com/r', 'address-credentials', /user name or password/],
    ['https:\\\\user:hunter2@example.com/r', 'address-credentials', /user name or password/],
    ['user:hunter2@example.com/r', 'address-credentials', /user name or password/],
    ['ssh://git:hunter2@example.com/r', 'address-credentials', /user name or password/],
    ['git:hunter2@example.com:r', 'address-credentials', /user name or password/],
    ['https://example.com/r?private_token=hunter2', 'address-query', /without that part/],
    ['https://example.com/r#hunter2', 'address-query', /without that part/],
    ['https://example.com/r?', 'address-query', /without that part/],
    ['https://example.com', 'address-no-path', /no repository on it/],
    ['https://example.com//.git', 'address-no-path', /no repository on it/],
  ];
  for (const [typed, code, sentence] of bad) {
    it(`refuses ${JSON.stringify(typed.slice(0, 60))} as ${code}`, () => {
      assert.throws(
        () => parseAddress(typed),
        (error) => {
          assert.ok(isMarteauError(error));
          assert.equal(error.code, code);
          assert.match(error.message, sentence);
          assert.doesNotMatch(JSON.stringify([error.message, error.params]), /hunter2/);
          return true;
        },
      );
    });
  }

  it('never says a password, whatever is around it', () => {
    const part = fc.stringMatching(/^[\w.:/\\%#?-]{0,12}$/);
    const scheme = fc.constantFrom(
      'https://',
      'http://',
      'ssh://',
      'git+ssh://',
      'ftp://',
      '',
      'https:',
      'git:',
      '//',
    );
    fc.assert(
      fc.property(scheme, part, part, (before, user, after) => {
        try {
          parseAddress(`${before}${user.replace(/[/\\?#]/g, '')}:hunter2@example.com/${after}`);
          assert.fail('accepted');
        } catch (error) {
          assert.ok(isMarteauError(error), String(error));
          assert.doesNotMatch(JSON.stringify([error.message, error.params]), /hunter2/);
        }
      }),
    );
  });

  it('reads its own normal form as itself', () => {
    fc.assert(
      fc.property(fc.webUrl(), (typed) => {
        try {
          const { url } = parseAddress(typed);
          assert.equal(parseAddress(url).url, url);
        } catch (error) {
          assert.ok(isMarteauError(error), String(error));
        }
      }),
    );
  });
});
