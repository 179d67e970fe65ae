import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAddress, parseAddress } from '../address.ts';
import { findProtocol } from '../protocols/index.ts';
import type { BehaviorSetting } from './behavior-setting.ts';
import { prepareBehavior, sideBySide } from './setting.ts';

const mistakes: [string, BehaviorSetting[], RegExp][] = [
  [
    'an unknown behaviour',
    [{ behavior: 'latncy' }],
    /There is no behaviour 'latncy'\. There are: dummy, blackout, .*Did you mean latency\?/,
  ],
  [
    'an unknown option',
    [{ behavior: 'delay', options: { slep: 1 } }],
    /no option 'slep'. Its options are: sleep, before. Did you mean sleep\?/,
  ],
  [
    'an option where there is none',
    [{ behavior: 'hang', options: { a: 1 } }],
    /Behaviour hang has no option 'a'. It has none\./,
  ],
  [
    'a bad duration',
    [{ behavior: 'latency', options: { latency: 'long' } }],
    /takes milliseconds, or a duration such as 250ms/,
  ],
  ['a negative number', [{ behavior: 'latency', options: { latency: -1 } }], /is -1/],
  ['a bad yes', [{ behavior: 'delay', options: { before: 'maybe' } }], /takes true or false/],
  ['a bad probability', [{ behavior: 'delay', probability: 20 }], /is 20; it takes a number from 0 to 1/],
  [
    'a bad per',
    [{ behavior: 'refuse', per: 'request' }],
    /cannot be drawn per request. Write per: connection/,
  ],
  [
    'a match on tcp',
    [{ behavior: 'delay', match: { command: 'GET' } }],
    /Protocol tcp has no commands to match/,
  ],
  [
    'a sum over 100',
    [
      { behavior: 'error', probability: 0.6, exclusive: true },
      { behavior: 'delay', probability: 0.5, exclusive: true },
    ],
    /add up to 110 %/,
  ],
  ['a name twice', [{ behavior: 'delay' }, { behavior: 'delay' }], /two behaviours 'delay'/],
];

for (const [what, settings, sentence] of mistakes) {
  test(`${what} is refused with what would be right`, () => {
    assert.throws(
      () => sideBySide(settings.map((setting) => prepareBehavior(setting, findProtocol('tcp')))),
      sentence,
    );
  });
}

test('options are read in their units', () => {
  const read = (behavior: string, options: object) =>
    prepareBehavior({ behavior, options: { ...options } }, findProtocol('tcp')).options;
  assert.deepEqual(read('delay', { sleep: 2 }), { sleep: 2000, before: true });
  assert.deepEqual(read('delay', { sleep: '150ms', before: 'no' }), { sleep: 150, before: false });
  assert.deepEqual(read('latency', { latency: '0.5s' }), { latency: 500, jitter: 0 });
  assert.deepEqual(read('bandwidth', { rate: '1MB/s' }), { rate: 1e6 });
  assert.deepEqual(read('bandwidth', { rate: '10' }), { rate: 10_000 });
});

test('addresses', () => {
  for (const written of ['127.0.0.1:80', '[::1]:6379', 'localhost:0', 'unix:/run/a.sock']) {
    assert.equal(formatAddress(parseAddress(written)), written);
  }
  assert.deepEqual(parseAddress(':80'), { host: '0.0.0.0', port: 80 });
  for (const wrong of ['', '80', 'a:', 'a:99999', '::1:80', 'a b:1'])
    assert.throws(() => parseAddress(wrong), /is not an address/);
});
