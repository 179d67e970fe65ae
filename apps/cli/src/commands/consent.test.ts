import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createTempFolder } from '@marteau/testkit';
import { exitCodes } from '../exit-codes.ts';
import { marteau, write } from '../fixtures/command-line.ts';

const SERVER = 'https://marteau.example.com';
const PATH = '.well-known/marteau.json';

describe('marteau consent', () => {
  test('writes the file, keeps other entries of it, and replaces the same', async () => {
    await using folder = await createTempFolder();
    const consent = (...args: string[]) =>
      marteau(folder.path, 'consent', 'shop.example.com', '--server', SERVER, ...args);
    const limits = [
      '--rate',
      '200.5',
      '--users',
      '50',
      '--nodes',
      '2',
      '--hours',
      'Mon-Fri 08:00-18:00 Europe/Berlin',
      '--until',
      '2999-06-30',
    ];
    const first = await consent(...limits, '--contact', 'ops@example.com', '--unmarked');
    assert.equal(first.code, exitCodes.pass, first.err);
    assert.match(first.err, /https:\/\/shop\.example\.com\/\.well-known\/marteau\.json/);
    await consent('--project', 'https://github.com/you/shop', '--project', 'https://github.com/you/other');
    await consent('--rate', '100');
    assert.deepEqual(JSON.parse(await readFile(join(folder.path, PATH), 'utf8')), {
      v: 1,
      allow: [
        { server: SERVER, projects: ['https://github.com/you/shop', 'https://github.com/you/other'] },
        { server: SERVER, rate: 100 },
      ],
      contact: 'ops@example.com',
    });
    const { out } = await consent(...limits, '--txt', '--unmarked');
    assert.equal(
      out,
      `_marteau.shop.example.com. TXT "v=marteau1; server=${SERVER}; rate=200.5; users=50; nodes=2; hours=Mon-Fri 08:00-18:00 Europe/Berlin; until=2999-06-30; unmarked=yes"\n`,
    );
  });

  test('asks a host what it says now', async () => {
    let says: object = { v: 1, allow: [{ server: SERVER, users: 5 }] };
    const server = createServer((_, response) => void response.end(JSON.stringify(says))).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const check = () => marteau('.', 'consent', url, '--server', `${SERVER}/`, '--check');
    try {
      assert.deepEqual(await check(), {
        code: 0,
        out: `127.0.0.1 allows ${SERVER}/, with at most 5 users.\n`,
        err: '',
      });
      says = { v: 1, allow: [] };
      const { code, err } = await check();
      assert.equal(code, exitCodes.fail);
      assert.match(err, /names no server/);
    } finally {
      server.close();
    }
  });

  for (const [what, args, sentence] of [
    ['no host', [], /Name the host/],
    ['no server', ['shop.example.com'], /Say which Marteau may/],
    ['a server that is none', ['shop.example.com', '--server', 'marteau'], /is wrong at allow\.0\.server/],
    ['a rate that is none', ['shop.example.com', '--server', SERVER, '--rate', 'many'], /--rate is 'many'/],
    [
      'a day that is past',
      ['shop.example.com', '--server', SERVER, '--until', '2020-01-01'],
      /ends with 2020-01-01, which is past/,
    ],
    [
      'a zone that is none',
      ['shop.example.com', '--server', SERVER, '--hours', '8:00-18:00 Mars/Olympus'],
      /time zone "Mars\/Olympus"/,
    ],
  ] as const) {
    test(`${what} is refused with a sentence, and nothing is written`, async () => {
      await using folder = await createTempFolder();
      const { code, err } = await marteau(folder.path, 'consent', ...args);
      assert.equal(code, exitCodes.usage, err);
      assert.match(err, sentence);
      await assert.rejects(readFile(join(folder.path, PATH)));
    });
  }

  test('what is no consent is left as it is', async () => {
    await using folder = await createTempFolder();
    await write(folder.path, { [PATH]: '{"v": 1, "allow": "all"}' });
    const { code, err } = await marteau(folder.path, 'consent', 'shop.example.com', '--server', SERVER);
    assert.equal(code, exitCodes.file);
    assert.match(err, /is wrong at allow.*left as it is/);
    assert.equal(await readFile(join(folder.path, PATH), 'utf8'), '{"v": 1, "allow": "all"}');
  });
});
