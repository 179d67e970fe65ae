import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isMarteauError } from '@marteau/shared';
import { submission } from '../fixtures/drive-run.ts';
import { openTestbed, type Testbed } from '../fixtures/testbed.ts';
import { loadOfSecret } from '../runs/stop-for-owner.ts';

const HOST = 'shop.example.com';
const DAY_MS = 86_400_000;

describe('where owners of targets stop a load', { concurrency: 1 }, () => {
  let bed: Testbed;
  before(async () => {
    bed = await openTestbed({ MARTEAU_CONTACT: 'ops@marteau.test' });
  });
  after(() => bed[Symbol.asyncDispose]());

  const begin = async () => {
    const run = await bed.store.runs.submit(submission());
    return { run, path: `/abuse/${await bed.store.links.sealStop(run.id, HOST)}` };
  };

  test('what has not begun is cancelled, and says by whom', async () => {
    const { run, path } = await begin();
    const page = await bed.get(path);
    assert.equal(page.status, 200);
    for (const [name, value] of [
      ['cache-control', 'no-store'],
      ['x-robots-tag', 'noindex'],
      ['referrer-policy', 'same-origin'],
    ] as const)
      assert.equal(page.headers.get(name), value);
    assert.match(await page.text(), /ops@marteau\.test.*<button class="go">Stop it/s);
    const answer = await bed.get(path, { method: 'POST' });
    assert.equal(answer.status, 200);
    assert.doesNotMatch(await answer.text(), /marketplace|ana@example\.com|<button class="go">Stop it/i);
    const stopped = await bed.store.runs.get(run.id);
    assert.deepEqual([stopped?.state, stopped?.reason], ['cancelled', `Cancelled by the owner of ${HOST}.`]);
    assert.equal((await bed.store.blocks.find(run.project, ['other.example.com', HOST]))?.run, run.id);
    const { entries } = await bed.store.audit.list({ limit: 1 });
    assert.deepEqual([entries[0]?.what, entries[0]?.object], ['target.stop', `run ${run.id}`]);
    assert.match(await (await bed.get(path)).text(), /It is over\./);
  });

  test('the page of its project says so, and an admin lifts it', async () => {
    const [block] = await bed.store.blocks.list();
    const { projects } = (await (await bed.call('GET', '/api/v1/projects')).json()) as {
      projects: { id: string }[];
    };
    const page = `/projects/${projects[0]!.id}`;
    assert.match(await (await bed.get(page)).text(), /The owner of shop\.example\.com stopped a load/);
    const lifted = await bed.submitForm(`/blocks/${block!.id}/lift`);
    assert.deepEqual([lifted.status, lifted.headers.get('location')], [303, page]);
    assert.deepEqual(await bed.store.blocks.list(), []);
    assert.equal((await bed.call('DELETE', `/api/v1/blocks/${block!.id}`)).status, 404);
  });

  test('is dead a day after the run, and for what was not made here', async () => {
    const { run, path } = await begin();
    const secret = path.slice('/abuse/'.length);
    const later = Date.now() + 10 * DAY_MS;
    assert.equal((await loadOfSecret(bed.store, secret, later)).host, HOST, 'a run may take long');
    await bed.store.runs.cancel(run.id, { kind: 'anonymous', id: '' });
    const ended = Date.parse((await bed.store.runs.get(run.id))!.endedAt!);
    assert.equal((await loadOfSecret(bed.store, secret, ended + DAY_MS)).run.id, run.id);
    const isDead = (error: unknown) => isMarteauError(error, 'stop-link-dead');
    await assert.rejects(loadOfSecret(bed.store, secret, ended + DAY_MS + 1), isDead);
    const foreign = await bed.store.links.sealStop('r1jd3v8k2m0pqrstuvw', HOST);
    for (const bad of ['x', secret.slice(1), `${secret}A`, `A${secret.slice(1)}`, foreign, 'A'.repeat(99)])
      assert.equal((await bed.get(`/abuse/${bad}`)).status, 404, bad);
  });

  test('no foreign page presses the button, and nobody presses without end', async () => {
    const { run, path } = await begin();
    const foreign = await bed.get(path, { method: 'POST', headers: { origin: 'https://evil.example' } });
    assert.equal(foreign.status, 403);
    assert.equal((await bed.store.runs.get(run.id))?.state, 'queued');
    const answers = [];
    for (let n = 0; n < 12; n += 1) answers.push((await bed.get(path, { method: 'POST' })).status);
    assert.ok(answers.includes(200) && answers.at(-1) === 429, answers.join());
  });
});
