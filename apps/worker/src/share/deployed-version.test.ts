import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Measurements } from '@marteau/shared';
import { deployedVersion, noteVersionChange } from './deployed-version.ts';

const answers: Record<string, [number, string]> = {
  '/text': [200, ' v1.2\n'],
  '/json': [200, '{"commit":"abc","build":{"number":7}}'],
  '/empty': [200, ''],
  '/broken': [500, 'no'],
};
const server = createServer((request, response) => {
  const [status, body] = answers[request.url!] ?? [404, ''];
  response.writeHead(status).end(body);
});
let target: string;
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => server.close());

for (const [url, json, expected] of [
  ['/text', null, { known: 'v1.2' }],
  ['/json', 'commit', { known: 'abc' }],
  ['/json', 'build.number', { known: '7' }],
  ['/json', 'nosuch', { unknown: 'the answer has no nosuch' }],
  ['/text', 'commit', { unknown: 'the answer is no JSON' }],
  ['/empty', null, { unknown: 'the answer is empty' }],
] as const) {
  test(`${url} ${json ?? ''}`, async () => {
    assert.deepEqual(await deployedVersion({ url, json }, target, AbortSignal.timeout(20_000)), expected);
  });
}

test('says what did not answer', async () => {
  const ask = (url: string) => deployedVersion({ url, json: null }, target, AbortSignal.timeout(20_000));
  assert.deepEqual(await ask('/broken'), { unknown: `${target}/broken answered 500` });
  assert.deepEqual(await ask('http://127.0.0.1:1/'), { unknown: 'http://127.0.0.1:1/ did not answer' });
});

test('a version that changed limits the whole run; one that is not known does not', () => {
  const measured = { generator: { threads: 1, cpuSeconds: 1, limits: [] } } as unknown as Measurements;
  const changed = noteVersionChange(measured, { known: 'a' }, { known: 'b' });
  assert.match(changed.generator.limits[0]!.sentence, /changed during the run, from a to b/);
  assert.equal(noteVersionChange(measured, { known: 'a' }, { known: 'a' }), measured);
  assert.equal(noteVersionChange(measured, { known: 'a' }, { unknown: 'gone' }), measured);
});
