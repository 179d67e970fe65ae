import assert from 'node:assert/strict';
import { test } from 'node:test';
import { projectId } from '@marteau/store';
import { finishedRun, repo } from '../fixtures/drive-run.ts';
import { openTestbed } from '../fixtures/testbed.ts';

test('who deletes a run or a project finds it in the bin and has it back; others see nothing of it', async () => {
  await using bed = await openTestbed({ MARTEAU_ADMIN: 'ana@example.com' });
  const { people, projects, runs } = bed.store;
  const { id } = await finishedRun(bed.store);
  const project = projectId(repo);
  const sign = async (name: string) =>
    (await people.make({ issuer: 'mail', subject: `${name}@example.com`, name })).person.id;
  const owner = await sign('owner');
  await projects.share(project, owner, 'owner');
  const [own, stranger, admin] = [
    await bed.as(owner),
    await bed.as(await sign('stranger')),
    await bed.as(await sign('ana')),
  ];
  const page = async (path: string, who: object) =>
    (await bed.get(path, { headers: { accept: 'text/html', ...who } })).text();
  const post = async (path: string, who: Record<string, string>) => {
    const { status, headers } = await bed.submitForm(path, {}, who);
    return `${status} ${headers.get('location') ?? ''}`.trim();
  };

  assert.equal(await post(`/runs/${id}/delete`, own), '303 /bin');
  assert.equal(await runs.get(id), null);
  assert.match(
    await page('/bin', own),
    new RegExp(`run ${id} of ${repo}[^]*owner[^]*30 days[^]*/bin/${id}/undo`),
  );
  assert.match(await page('/bin', stranger), /Nothing is in the bin/);
  assert.equal(await post(`/bin/${id}/undo`, stranger), '404');
  assert.match(await page('/audit', admin), new RegExp(`run\\.delete[^]*action="/bin/${id}/undo"`));
  assert.equal(await post(`/bin/${id}/undo`, own), `303 /runs/${id}`);
  assert.equal((await runs.get(id))?.verdict, 'pass');
  assert.doesNotMatch(await page('/audit', admin), new RegExp(`action="/bin/${id}/undo"`));

  assert.match(await page(`/projects/${project}`, own), /popovertarget="sure"/);
  assert.equal(await post(`/projects/${project}/delete`, own), '303 /bin');
  assert.equal((await bed.get(`/projects/${project}`, { headers: own })).status, 404);
  assert.match(await page('/bin', own), /project with 1 run/);
  assert.equal(await post(`/bin/${project}/undo`, own), `303 /projects/${project}`);
  assert.match(await page(`/projects/${project}`, own), new RegExp(`/runs/${id}"`));

  await post(`/projects/${project}/delete`, own);
  assert.equal(await post(`/bin/${project}/erase`, stranger), '404');
  assert.equal(await post(`/bin/${project}/erase`, admin), '303 /bin');
  assert.match(await page('/bin', admin), /Nothing is in the bin/);
  assert.deepEqual(await bed.store.folders.list(), []);
});

test('programs delete and have back, too', async () => {
  await using bed = await openTestbed();
  const { id } = await finishedRun(bed.store);
  const call = async (method: string, path: string) => (await bed.call(method, `/api/v1${path}`)).status;
  const entries = async () =>
    ((await (await bed.call('GET', '/api/v1/bin')).json()) as { entries: { id: string; kind: string }[] })
      .entries;
  assert.equal(await call('DELETE', `/runs/${id}`), 204);
  assert.deepEqual(
    (await entries()).map((entry) => [entry.id, entry.kind]),
    [[id, 'run']],
  );
  assert.equal(await call('POST', `/bin/${id}/undo`), 204);
  assert.equal(await call('POST', `/bin/${id}/undo`), 404);
  assert.equal(await call('DELETE', `/projects/${projectId(repo)}`), 204);
  assert.equal(await call('DELETE', `/bin/${projectId(repo)}`), 204);
  assert.deepEqual(await entries(), []);
});
