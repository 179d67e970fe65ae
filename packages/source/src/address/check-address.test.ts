import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addressKind, parseAllowedHosts } from '@marteau/net';
import { isMarteauError } from '@marteau/shared';
import { type AddressPolicy, checkAddress } from './check-address.ts';

const names: Record<string, string[]> = {
  'git.example.com': ['93.184.216.34', '2606:2800:220:1::1'],
  'half.example.com': ['93.184.216.34', '10.0.0.7'],
  'inside.example.com': ['10.0.0.7'],
  'mapped.example.com': ['::ffff:127.0.0.1'],
  'odd.example.com': ['not an address'],
  localhost: ['127.0.0.1', '::1'],
};

const resolve = async (host: string): Promise<string[]> => {
  const found = names[host];
  if (!found) throw new Error(`ENOTFOUND ${host}`);
  return found;
};

async function refused(typed: string, policy: AddressPolicy = {}): Promise<string> {
  try {
    await checkAddress(typed, { resolve, ...policy });
  } catch (error) {
    assert.ok(isMarteauError(error), String(error));
    return `${error.code}: ${error.message}`;
  }
  return 'accepted';
}

describe('checkAddress', () => {
  it('gives all addresses of a public host, to hold git to them', async () => {
    const address = await checkAddress('https://git.example.com/o/r', { resolve });
    assert.deepEqual(address.addresses, names['git.example.com']);
    assert.equal(address.trusted, false);
  });

  it('refuses what is not on the public internet, and says what it is', async () => {
    const cases: [string, RegExp][] = [
      ['https://localhost/r', /^address-private: localhost \(127\.0\.0\.1\) is a loopback address/],
      ['https://127.0.0.1/r', /^address-private: 127\.0\.0\.1 is a loopback address/],
      ['https://2130706433/r', /127\.0\.0\.1 is a loopback/],
      ['https://0x7f.1/r', /127\.0\.0\.1 is a loopback/],
      ['https://[::1]/r', /::1 is a loopback/],
      ['https://[::ffff:10.0.0.1]/r', /is a private address/],
      ['https://169.254.169.254/latest', /a metadata address of a cloud/],
      ['https://[fe80::1]/r', /a link-local address/],
      ['https://half.example.com/r', /half\.example\.com \(10\.0\.0\.7\) is a private address/],
      ['https://mapped.example.com/r', /loopback/],
      ['https://0.0.0.0/r', /a reserved address/],
      ['https://nowhere.example.com/r', /^host-unknown: There is no host called nowhere\.example\.com/],
      ['https://odd.example.com/r', /^host-unknown/],
      ['http://git.example.com/r', /^address-http: .*Use https:\/\/git\.example\.com/],
      ['file:///srv/git/r', /^address-file/],
    ];
    for (const [typed, message] of cases) assert.match(await refused(typed), message, typed);
  });

  it('lets a server of one’s own clone from anywhere', async () => {
    for (const typed of [
      'http://127.0.0.1:3000/r',
      'https://localhost/r',
      'file:///srv/git/r',
      'http://git.example.com/r',
    ]) {
      assert.equal(await refused(typed, { allowPrivate: true }), 'accepted', typed);
    }
  });

  it('lets in the hosts that are allowed, by name or network, and no others', async () => {
    const by = (text: string): AddressPolicy => ({ allowHosts: parseAllowedHosts(text) });
    const cases: [string, string, RegExp][] = [
      ['https://inside.example.com/r', 'inside.example.com', /^accepted$/],
      ['http://inside.example.com/r', 'INSIDE.example.com', /^accepted$/],
      ['https://inside.example.com/r', '*.example.com', /^accepted$/],
      ['https://inside.example.com/r', '192.168.0.0/16, 10.0.0.0/8', /^accepted$/],
      ['http://inside.example.com/r', '10.0.0.7', /^accepted$/],
      ['http://half.example.com/r', '10.0.0.0/8', /^address-http/],
      ['https://half.example.com/r', '10.0.0.0/8', /^accepted$/],
      ['https://[fd00::5]/r', 'fd00::/8', /^accepted$/],
      ['https://inside.example.com/r', '*.example.org, 10.1.0.0/16', /^address-private/],
      ['https://inside.example.com/r', 'example.com', /^address-private/],
      ['file:///srv/git/r', '*.example.com', /^address-file/],
    ];
    for (const [typed, allowed, answer] of cases)
      assert.match(await refused(typed, by(allowed)), answer, `${typed} ${allowed}`);
  });

  it('names a wrong entry among the allowed hosts', () => {
    for (const entry of ['10.0.0.0/33', '10.0.0.0/x', 'https://git.example.com', 'a_b/8', '*', '::/129']) {
      assert.throws(() => parseAllowedHosts(`git.example.com, ${entry}`), {
        code: 'allowed-hosts-wrong',
        message: /MARTEAU_ALLOW_HOSTS/,
      });
    }
  });
});

describe('addressKind', () => {
  it('knows the public internet', () => {
    for (const address of [
      '1.1.1.1',
      '93.184.216.34',
      '172.15.0.1',
      '172.32.0.1',
      '100.128.0.1',
      '2606:4700::1111',
      '2a00::1',
      '::ffff:1.1.1.1',
      '64:ff9b::101:101',
      '2002:101:101::',
    ]) {
      assert.equal(addressKind(address), null, address);
    }
  });
  it('knows what is not', () => {
    const special = [
      ...[
        '10.1.2.3',
        '172.16.0.1',
        '172.31.255.255',
        '192.168.1.1',
        '100.64.0.1',
        '127.255.0.1',
        '0.1.2.3',
        '224.0.0.1',
        '255.255.255.255',
      ],
      ...[
        '198.18.0.1',
        '192.0.2.1',
        '169.254.1.1',
        '::',
        '::1',
        '::127.0.0.1',
        'fc00::1',
        'fd12::1',
        'fe80::1',
        'ff02::1',
        'fec0::1',
      ],
      ...[
        '2001:db8::1',
        '2001::1',
        '::ffff:127.0.0.1',
        '::ffff:a00:1',
        '64:ff9b::7f00:1',
        '64:ff9b:1::1',
        '2002:7f00:1::',
        '4000::1',
        '100::1',
      ],
    ];
    for (const address of special) assert.notEqual(addressKind(address), null, address);
  });
});
