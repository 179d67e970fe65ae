import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { describe, it } from 'node:test';
import { anywhere } from '@marteau/net';
import { type AskOptions, askConsent } from './ask-consent.ts';
import { startNameServer } from './fixtures/name-server.ts';
import { allows, PROJECT, SERVER, startOwner } from './fixtures/owner.ts';

const NOW = Date.parse('2026-12-01T09:30:00Z'); // a Tuesday

function options(more: Partial<AskOptions> = {}): AskOptions {
  return {
    server: SERVER,
    project: PROJECT,
    allowed: anywhere,
    signal: new AbortController().signal,
    now: () => NOW,
    resolveTxt: async () => {
      throw Object.assign(new Error('queryTxt ENOTFOUND'), { code: 'ENOTFOUND' });
    },
    ...more,
  };
}

async function ask(says: RequestListener | object | number, more: Partial<AskOptions> = {}) {
  await using owner = await startOwner(says);
  return await askConsent({ origin: owner.origin, host: 'shop.test' }, options(more));
}

describe('the file of a target', () => {
  it('is asked for where it always lies, and its first entry for us holds', async () => {
    await using owner = await startOwner({
      v: 1,
      allow: [
        { server: 'https://other.example.com' },
        { server: SERVER, projects: ['https://github.com/you/other'] },
        {
          server: `${SERVER}/`,
          projects: [`${PROJECT}.git`],
          rate: 2000,
          users: 500,
          nodes: 3,
          unmarked: true,
        },
      ],
      contact: 'ops@example.com',
    });
    const answer = await askConsent({ origin: owner.origin, host: 'shop.test' }, options());
    assert.ok(answer.says === 'yes' && answer.source === 'file');
    assert.deepEqual(answer.terms, {
      rate: 2000,
      users: 500,
      nodes: 3,
      unmarked: true,
      contact: 'ops@example.com',
    });
    assert.deepEqual(owner.owner.asked, ['/.well-known/marteau.json']);
  });

  const until = (text: string) => allows({ until: text });
  for (const [what, says, expected, sentence] of [
    ['no such file', 404, 'no', 'answered 404.'],
    ['a file that was taken away', 410, 'no', 'answered 410.'],
    ['a server in distress', 503, 'nothing', 'answered 503.'],
    ['a door', 401, 'nothing', 'answered 401.'],
    ['nobody', { v: 1, allow: [] }, 'no', `names no server, and this one is ${SERVER}.`],
    [
      'another server',
      { v: 1, allow: [{ server: 'https://evil.example' }] },
      'no',
      `names https://evil.example, and this one is ${SERVER}.`,
    ],
    [
      'another project',
      allows({ projects: ['https://github.com/you/other'] }),
      'no',
      `names this server for other projects than ${PROJECT}.`,
    ],
    ['a day that is past', until('2026-11-30'), 'no', 'allowed this server until 2026-11-30, which is past.'],
    ['this day', until('2026-12-01'), 'yes', ''],
    ['a moment that is past', until('2026-12-01T10:29:00+01:00'), 'no', 'which is past.'],
    [
      'a day that is none',
      until('2026-02-30'),
      'nothing',
      'has "until": "2026-02-30", which is no date (2027-06-30 is one).',
    ],
    ['hours', allows({ hours: 'Mon-Fri 08:00-18:00 Europe/Berlin' }), 'yes', ''],
    [
      'other hours',
      allows({ hours: 'Sat,Sun 00:00-24:00 UTC' }),
      'no',
      'allows this server at Sat,Sun 00:00-24:00 UTC alone, which is not now.',
    ],
    [
      'a time zone that is none',
      allows({ hours: 'Mon-Fri 08:00-18:00 Mars/Olympus' }),
      'nothing',
      'has hours in the time zone "Mars/Olympus", which is none (Europe/Berlin is one).',
    ],
    [
      'hours of no kind',
      allows({ hours: 'weekdays' }),
      'nothing',
      'has the hours "weekdays", which are not written like "Mon-Fri 08:00-18:00 Europe/Berlin".',
    ],
    [
      'a limit that was misspelt',
      allows({ rates: 5 }),
      'nothing',
      'says allow.0.rates, which nobody knows here.',
    ],
    ['a limit that is none', allows({ rate: '5/s' }), 'nothing', 'is wrong at allow.0.rate: must be number.'],
    ['another version', { v: 2, allow: [] }, 'nothing', 'is of version 2, and 1 is known here.'],
    ['no version', { allow: [] }, 'nothing', 'does not say its version ("v": 1).'],
    ['a list', [1], 'nothing', 'is no object of JSON.'],
  ] as const) {
    it(`that says ${what}`, async () => {
      const answer = await ask(says);
      assert.equal(answer.says, expected, 'why' in answer ? answer.why : '');
      if ('why' in answer)
        assert.ok(
          answer.why.includes(`/.well-known/marteau.json ${sentence}`) || answer.why.includes(sentence),
          answer.why,
        );
    });
  }

  it('of 16 MB is not read to its end', async () => {
    let written = 0;
    const answer = await ask((_, response) => {
      const more = () => {
        while (written < 16 * 1024 ** 2 && !response.destroyed) {
          written += 16_384;
          if (!response.write(' '.repeat(16_384))) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    });
    assert.ok(answer.says === 'nothing' && answer.why.includes('has more than 16 KB.'));
    assert.ok(written < 16 * 1024 ** 2);
  });

  it('that is packed is unpacked no further than that', async () => {
    const { gzipSync } = await import('node:zlib');
    const answer = await ask((_, response) => {
      response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(16 * 1024 ** 2)));
    });
    assert.ok(answer.says === 'nothing' && answer.why.includes('has more than 16 KB.'));
  });

  it('that is no JSON', async () => {
    const answer = await ask((_, response) => void response.end('<html>'));
    assert.ok(answer.says === 'nothing' && answer.why.includes('is not JSON ('), JSON.stringify(answer));
  });

  it('that lies elsewhere on its host is found, and on another host it is not', async () => {
    const moved: RequestListener = ({ url }, response) => {
      if (url === '/consent.json') response.end(JSON.stringify(allows()));
      else response.writeHead(301, { location: '/consent.json' }).end();
    };
    assert.equal((await ask(moved)).says, 'yes');
    await using other = await startOwner(allows());
    const away = await ask(
      (_, response) => void response.writeHead(302, { location: `http://localhost:${other.port}/x` }).end(),
    );
    assert.ok(
      away.says === 'nothing' && away.why.includes('was not read: it sends to another host, localhost.'),
    );
    assert.deepEqual(other.owner.asked, []);
    const round = await ask((_, response) => void response.writeHead(302, { location: '/again' }).end());
    assert.ok(round.says === 'nothing' && round.why.includes('answered 302.'));
  });

  it('is not asked for where the server asks nobody, and nothing is known where nobody listens', async () => {
    const denied = await ask(allows(), { allowed: () => false });
    assert.ok(denied.says === 'nothing' && denied.why.includes('is no address that this server asks.'));
    const { origin } = await (async () => {
      await using gone = await startOwner(404);
      return gone;
    })();
    const refused = await askConsent({ origin, host: 'shop.test' }, options());
    assert.ok(refused.says === 'nothing' && refused.why.includes('could not be asked (ECONNREFUSED).'));
    assert.deepEqual(refused.noOf, ['txt']);
  });
});

describe('the TXT record of a target', () => {
  it('says the same in short, where the file does not', async () => {
    await using names = await startNameServer({
      '_marteau.shop.test': [
        'v=spf1 -all',
        `v=marteau1; server=https://other.example.com`,
        `v=marteau1; server=${SERVER}; projects=https://github.com/a/b, ${PROJECT}; rate=200.5; users=20; nodes=1; hours=Mon-Fri 08:00-18:00 Europe/Berlin; until=2027-06-30; unmarked=yes; contact=ops@example.com; `.padEnd(
          400,
        ),
      ],
    });
    const answer = await ask(404, names);
    assert.ok(answer.says === 'yes' && answer.source === 'txt', JSON.stringify(answer));
    assert.deepEqual(answer.terms, {
      rate: 200.5,
      users: 20,
      nodes: 1,
      unmarked: true,
      contact: 'ops@example.com',
    });
  });

  for (const [what, records, says, sentence] of [
    ['there is none', undefined, 'no', 'is not there.'],
    ['there are others', ['v=spf1 -all'], 'no', 'is not there.'],
    ['it names another', ['v=marteau1; server=https://evil.example'], 'no', 'names https://evil.example'],
    [
      'it has a limit that is none',
      [`v=marteau1; server=${SERVER}; users=many`],
      'nothing',
      'is wrong at allow.0.users: must be integer.',
    ],
    [
      'it has a field without a value',
      [`v=marteau1; server=${SERVER}; users`],
      'nothing',
      'says "users" without a value.',
    ],
    ['its server fails', 'failed', 'nothing', 'could not be asked (ESERVFAIL).'],
    ['its server says nothing', 'silent', 'nothing', 'could not be asked (ETIMEOUT).'],
  ] as const) {
    it(`says no or nothing where ${what}`, async () => {
      await using names = await startNameServer(records ? { '_marteau.shop.test': records } : {});
      const answer = await ask(404, names);
      assert.ok(
        answer.says === says && answer.why.includes(`The TXT record of _marteau.shop.test ${sentence}`),
        JSON.stringify(answer),
      );
    });
  }
});
