import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CookieJar, type CookieScope } from './cookie-jar.ts';

const scopeOf = (url: string): CookieScope => {
  const { hostname, pathname, protocol } = new URL(url);
  return { hostname: hostname.replace(/^\[|\]$/g, ''), pathname, secure: protocol === 'https:' };
};
const now = Date.parse('2026-01-01T00:00:00Z');

/** Name, where the cookie is set, its line, where it is asked for, and what is sent there. */
const cases: [string, string, string, string, string][] = [
  ['comes back', 'http://a.example/', 'a=1', 'http://a.example/', 'a=1'],
  ['keeps what is after the first =', 'http://a.example/', 'a=b=c', 'http://a.example/', 'a=b=c'],
  ['may have no name', 'http://a.example/', 'only', 'http://a.example/', 'only'],
  ['is no promise of a name that it has not', 'https://a.example/', '=__Host-a=1', 'https://a.example/', ''],
  [
    'lives for the session where Expires is no date',
    'http://a.example/',
    'a=1; Expires=0',
    'http://a.example/',
    'a=1',
  ],
  ['the same for -1', 'http://a.example/', 'a=1; Expires=-1', 'http://a.example/', 'a=1'],
  ['the same for a number', 'http://a.example/', 'a=1; Expires=365', 'http://a.example/', 'a=1'],
  [
    'has years of two digits up to 69 in 20xx',
    'http://a.example/',
    'a=1; Expires=Wed, 01-Jan-69 00:00:00 GMT',
    'http://a.example/',
    'a=1',
  ],
  [
    'has years from 70 on in 19xx',
    'http://a.example/',
    'a=1; Expires=Thu, 01-Jan-70 00:00:00 GMT',
    'http://a.example/',
    '',
  ],
  [
    'has UTC whatever the zone says',
    'http://a.example/',
    'a=1; Expires=Tue, 30 Dec 2025 00:00:00 CET',
    'http://a.example/',
    '',
  ],
  [
    'reads the date of C',
    'http://a.example/',
    'a=1; Expires=Wed Jan  1 00:00:00 2031',
    'http://a.example/',
    'a=1',
  ],
  ['is refused for a public suffix', 'http://a.co.uk/', 'a=1; Domain=co.uk', 'http://b.co.uk/', ''],
  [
    'is refused for one of a company',
    'http://a.github.io/',
    'a=1; Domain=github.io',
    'http://b.github.io/',
    '',
  ],
  ['goes below one', 'http://www.a.co.uk/', 'a=1; Domain=a.co.uk', 'http://b.a.co.uk/', 'a=1'],
  ['has at most 4096 bytes', 'http://a.example/', `a=${'x'.repeat(4096)}`, 'http://a.example/', ''],
  [
    'may have 4096 bytes',
    'http://a.example/',
    `a=${'x'.repeat(4095)}`,
    'http://a.example/',
    `a=${'x'.repeat(4095)}`,
  ],
  [
    'loses no more than an attribute that is too long',
    'http://a.example/',
    `a=1; x=${'y'.repeat(6000)}`,
    'http://a.example/',
    'a=1',
  ],
  ['goes to no other host', 'http://a.example/', 'a=1', 'http://b.example/', ''],
  ['goes to no subdomain', 'http://a.example/', 'a=1', 'http://www.a.example/', ''],
  [
    'goes to subdomains of its domain',
    'http://a.example/',
    'a=1; Domain=a.example',
    'http://www.a.example/',
    'a=1',
  ],
  [
    'takes a domain with a dot',
    'http://www.a.example/',
    'a=1; domain=.A.example',
    'http://a.example/',
    'a=1',
  ],
  ['is refused for another domain', 'http://a.example/', 'a=1; Domain=b.example', 'http://b.example/', ''],
  [
    'is refused for a part of its domain',
    'http://xa.example/',
    'a=1; Domain=a.example',
    'http://a.example/',
    '',
  ],
  ['is refused for a top-level domain', 'http://a.example/', 'a=1; Domain=example', 'http://b.example/', ''],
  ['has no domain of an address', 'http://10.0.0.1/', 'a=1; Domain=0.0.1', 'http://10.0.0.1/', ''],
  ['goes below its path', 'http://a.example/x/y', 'a=1; Path=/x', 'http://a.example/x/z', 'a=1'],
  ['goes to its path itself', 'http://a.example/', 'a=1; Path=/x', 'http://a.example/x', 'a=1'],
  ['goes to no other path', 'http://a.example/', 'a=1; Path=/x', 'http://a.example/xy', ''],
  ['has the folder as its path', 'http://a.example/x/y', 'a=1', 'http://a.example/x/z', 'a=1'],
  ['has no more than the folder', 'http://a.example/x/y', 'a=1', 'http://a.example/z', ''],
  [
    'is gone when it expires',
    'http://a.example/',
    'a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    'http://a.example/',
    '',
  ],
  [
    'lives until then',
    'http://a.example/',
    'a=1; Expires=Wed, 01 Jan 2031 00:00:00 GMT',
    'http://a.example/',
    'a=1',
  ],
  [
    'goes by Max-Age first',
    'http://a.example/',
    'a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    'http://a.example/',
    'a=1',
  ],
  ['is gone with Max-Age 0', 'http://a.example/', 'a=1; Max-Age=0', 'http://a.example/', ''],
  [
    'lives for a session when the date is none',
    'http://a.example/',
    'a=1; Expires=soon',
    'http://a.example/',
    'a=1',
  ],
  ['goes over TLS alone when it is secure', 'https://a.example/', 'a=1; Secure', 'http://a.example/', ''],
  ['goes over TLS', 'https://a.example/', 'a=1; Secure', 'https://a.example/', 'a=1'],
  ['is refused without TLS when it is secure', 'http://a.example/', 'a=1; Secure', 'https://a.example/', ''],
  ['may be secure on loopback', 'http://localhost/', 'a=1; Secure', 'http://localhost/', 'a=1'],
  ['may be secure on loopback of IPv6', 'http://[::1]/', 'a=1; Secure', 'http://[::1]/', 'a=1'],
  [
    'keeps the promise of __Host-',
    'https://a.example/',
    '__Host-a=1; Secure; Path=/',
    'https://a.example/',
    '__Host-a=1',
  ],
  [
    'breaks the promise of __Host-',
    'https://a.example/',
    '__Host-a=1; Secure; Path=/; Domain=a.example',
    'https://a.example/',
    '',
  ],
  ['breaks the promise of __Secure-', 'https://a.example/', '__Secure-a=1', 'https://a.example/', ''],
  ['with a control character is refused', 'http://a.example/', 'a=\x01', 'http://a.example/', ''],
  ['that is too long is refused', 'http://a.example/', `a=${'x'.repeat(6000)}`, 'http://a.example/', ''],
];

describe('a cookie', () => {
  for (const [name, from, line, to, expected] of cases) {
    it(name, () => {
      const jar = new CookieJar();
      jar.set(line, scopeOf(from), now);
      assert.equal(jar.header(scopeOf(to), now), expected);
    });
  }

  it('is replaced by one of the same name, domain and path', () => {
    const jar = new CookieJar();
    const scope = scopeOf('http://a.example/x/');
    for (const line of ['a=1', 'a=2', 'a=3; Path=/', 'b=4']) jar.set(line, scope, now);
    assert.equal(jar.header(scope, now), 'a=2; b=4; a=3');
    jar.set('a=; Max-Age=0', scope, now);
    assert.equal(jar.header(scope, now), 'b=4; a=3');
  });

  it('is gone once its time is over', () => {
    const jar = new CookieJar();
    const scope = scopeOf('http://a.example/');
    jar.set('a=1; Max-Age=10', scope, now);
    assert.equal(jar.header(scope, now + 9000), 'a=1');
    assert.equal(jar.header(scope, now + 10_000), '');
  });
});

describe('a cookie that was set over TLS', () => {
  const over = new CookieJar();
  over.set('a=tls; Secure; Domain=a.example', scopeOf('https://a.example/x'), now);

  it('is not replaced by one that was not, nor laid over', () => {
    for (const line of ['a=plain', 'a=plain; Domain=a.example', 'a=plain; Path=/x/y'])
      over.set(line, scopeOf('http://a.example/x'), now);
    assert.equal(over.header(scopeOf('https://a.example/x/y'), now), 'a=tls');
  });

  it('has others beside it', () => {
    over.set('b=plain', scopeOf('http://a.example/'), now);
    assert.equal(over.header(scopeOf('https://a.example/'), now), 'a=tls; b=plain');
  });
});
