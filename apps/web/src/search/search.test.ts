import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runIdTime } from '@marteau/shared';
import { waitUntil } from '@marteau/testkit';
import { finishedRun, repo } from '../fixtures/drive-run.ts';
import { openTestbed, type Testbed } from '../fixtures/testbed.ts';

const found = async (bed: Testbed, query: string): Promise<string[]> => {
  const answer = await bed.call('GET', `/api/v1/runs?${query}`);
  assert.equal(answer.status, 200, query);
  return ((await answer.json()) as { runs: { id: string }[] }).runs.map(({ id }) => id);
};
const finds = (bed: Testbed, query: string, ids: readonly string[]) =>
  waitUntil(`${query} to find ${ids.length}`, async () => {
    const seen = await found(bed, query);
    return seen.length === ids.length && seen.every((id, n) => id === ids[n]);
  });

describe('search', () => {
  test('by all that a run is known by, and kept up with what happens', async () => {
    await using bed = await openTestbed();
    const slow = await finishedRun(bed.store, {
      outcome: { verdict: 'fail', reason: 'p95 of "GET /cart" was 412 ms' },
      more: { request: { repo, ref: 'feature/größe', by: 'Ana Lüdke' } },
    });
    const fine = await finishedRun(bed.store, { more: { request: { repo, ref: 'main' } } });
    const { commit } = (await bed.store.runs.get(fine.id))!;
    const submitted = new Date(runIdTime(fine.id)).toISOString();
    const both = [fine.id, slow.id];
    for (const [query, ids] of [
      ['q=412', [slow.id]],
      ['q=cart+412+marketpl', [slow.id]],
      ['q=grosse', []],
      ['q=GRO%C3%9FE', [slow.id]],
      ['q=grö', [slow.id]],
      [`q=${slow.id}`, [slow.id]],
      ['who=ludke', [slow.id]],
      ['verdict=fail', [slow.id]],
      ['ref=main', [fine.id]],
      [`commit=${commit!.slice(0, 7)}`, both],
      [`project=${encodeURIComponent(repo)}&q=marketplace`, both],
      ['project=https://nowhere.example.com&q=marketplace', []],
      [`since=${submitted}`, [fine.id]],
      [`until=${submitted}`, [slow.id]],
      ['since=1999-01-01&until=1999-12-31', []],
      ['q=%22%20OR%20said%3A*%20NOT%20(', []],
      ['verdict=fail&ref=main', []],
    ] as const)
      await finds(bed, query, ids);

    const page = await (await bed.get('/runs?q=412')).text();
    assert.match(page, /<h1>Runs that match<\/h1>/);
    assert.ok(page.includes(`/runs/${slow.id}"`) && !page.includes(`/runs/${fine.id}"`));

    const tag = { tags: ['release-2', 'b'], note: 'before the <sale>' };
    assert.equal((await bed.call('PUT', `/api/v1/runs/${fine.id}/notes`, tag)).status, 200);
    await finds(bed, 'tag=release-2', [fine.id]);
    await finds(bed, 'q=sale', [fine.id]);
    assert.match(await (await bed.get('/runs?tag=b')).text(), /href="\/runs\?tag=release-2">release-2</);
    const run = await (await bed.get(`/runs/${fine.id}`)).text();
    assert.match(run, /value="b release-2"[\s\S]*before the &lt;sale&gt;/);
    assert.equal((await bed.call('PUT', `/api/v1/runs/${fine.id}/notes`, { tags: ['a b'] })).status, 400);
    assert.equal((await bed.submitForm(`/runs/${fine.id}/notes`, { tags: 'c, d', note: '' })).status, 303);
    await finds(bed, 'tag=release-2', []);
    await finds(bed, 'tag=d', [fine.id]);

    assert.equal((await bed.call('DELETE', `/api/v1/runs/${fine.id}`)).status, 204);
    await finds(bed, `project=${encodeURIComponent(repo)}&q=marketplace`, [slow.id]);
    assert.equal((await bed.call('POST', `/api/v1/bin/${fine.id}/undo`)).status, 204);
    await finds(bed, 'tag=d', [fine.id]);
  });

  test('pages follow each other, each run once; what was there before the server is found, too', async () => {
    await using bed = await openTestbed();
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.unshift((await finishedRun(bed.store)).id);
    await finds(bed, 'q=marketplace', ids);
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const answer = await bed.call('GET', `/api/v1/runs?q=marketplace&limit=2${cursor}`);
      const page = (await answer.json()) as { runs: { id: string }[]; cursor: string | null };
      seen.push(...page.runs.map(({ id }) => id));
      if (page.cursor === null) break;
      cursor = `&cursor=${page.cursor}`;
    }
    assert.deepEqual(seen, ids);
  });

  test('nobody finds runs of projects that they may not see', async () => {
    await using bed = await openTestbed({ MARTEAU_ADMIN: 'ana@example.com' });
    const { id } = await finishedRun(bed.store);
    const sign = async (name: string) =>
      bed.as(
        (await bed.store.people.make({ issuer: 'mail', subject: `${name}@example.com`, name })).person.id,
      );
    const [admin, stranger] = [await sign('ana'), await sign('stranger')];
    const sees = async (who: object) =>
      (
        await (await bed.get('/runs?q=marketplace', { headers: { accept: 'text/html', ...who } })).text()
      ).includes(id);
    await waitUntil('it to be found', () => sees(admin));
    assert.equal(await sees(stranger), false);
  });
});
