import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { named, read } from '../fixtures/har-entries.ts';
import { receivedOf, sent } from '../fixtures/received.ts';
import { header } from '../tape/headers.ts';

describe('cookies', () => {
  test('that no answer set are the users’ own, and said', async () => {
    const { received, notes, data } = await sent(
      read({ headers: named({ Cookie: 'session=s%3A0123; theme=dark' }) }),
      read({ headers: named({ cookie: 'session=s%3A0123' }).concat(named({ cookie: 'theme=dark' })) }),
    );
    for (const { headers } of received)
      assert.equal(header(headers, 'cookie'), 'session=s%3A0123; theme=dark');
    assert.deepEqual(JSON.parse(data ?? ''), [{ session: 's%3A0123', theme: 'dark' }]);
    assert.match(
      notes.join('\n'),
      /cookies that no recorded answer had set, .*: session, theme\. They are in users\.json/,
    );
  });

  test('that an answer set are those of the run', async () => {
    const set = (line: string) => ({ headers: named({ 'Set-Cookie': line }) });
    const { received, notes, data } = await sent(
      read({}, set('sid=0123456789abcdef; Path=/')),
      read(
        { headers: named({ Cookie: 'sid=0123456789abcdef' }) },
        set('sid=x; expires=Thu, 01 Jan 1970 00:00:00 GMT'),
      ),
      read({}),
    );
    assert.deepEqual(
      received.map(({ headers }) => header(headers, 'cookie')),
      [null, 'sid=0123456789abcdef', null],
    );
    assert.deepEqual([notes, data], [[], null]);
  });

  test('that the tape has as XXX are to be filled in', async () => {
    const { notes, data, script } = await receivedOf([read({ headers: named({ Cookie: 'XXX' }) })]);
    assert.deepEqual(JSON.parse(data ?? ''), [{ cookie: 'XXX' }]);
    assert.match(notes.join('\n'), /Fill in cookie in users\.json/);
    assert.match(script, /hold\(cookies, user\.cookie\);/);
  });
});
