import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openHouse } from './house/house.ts';
import { plainProject } from './house/projects.ts';
import { allow, openTarget, SERVER, skip } from './house/target-owner.ts';

test('a load ends within a minute of its target’s withdrawal, is judged, and says why', {
  skip,
}, async () => {
  await using target = await openTarget(allow());
  await using house = await openHouse({ env: { MARTEAU_URL: SERVER, MARTEAU_CONSENT: 'required' } });
  const project = plainProject(target.url);
  const file = project['.marteau.yml']!.replace('duration: 2s', 'duration: 5m');
  const repo = await house.git.createRepo('withdrawn', { ...project, '.marteau.yml': file });
  const id = await house.submit(repo.url);
  await house.until(id, 'seen by its target', () => target.agents.size > 0);
  target.says = 503;
  const asked = target.asked;
  await house.until(id, 'asked about again', () => target.asked > asked, 120_000);
  assert.equal((await house.run(id)).state, 'running', 'a target in distress withdraws nothing');
  target.says = 410;
  const run = await house.ends(id, 150_000);
  assert.deepEqual([run.state, run.stopped], ['finished', true], run.reason ?? '');
  const { notes } = JSON.parse(await house.file(id, 'results.json'));
  const why = `${target.place} does not allow this load any more. ${target.url}/.well-known/marteau.json answered 410.`;
  assert.ok(
    notes.some((note: string) => note.startsWith(why)),
    notes.join(),
  );
  const requests = target.requests;
  assert.match(await house.file(id, 'console.log'), /does not allow this load any more/);
  assert.equal(target.requests, requests, 'nothing goes there any more');
});
