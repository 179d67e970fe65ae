import assert from 'node:assert/strict';
import { test } from 'node:test';
import { againWhenLoud, createTempFolder, markProcesses, startApp } from '@marteau/testkit';

test('npm run demo -- --once ends with a pass, a report and a mail, and leaves nothing', async () => {
  const { code, output } = await againWhenLoud(runDemo, ({ output }) => output);
  assert.equal(code, 0, output.slice(-2000));
  assert.match(output, /app +The shop is open on/);
  assert.match(output, /20 users +\d+ requests\/s +p95/);
  assert.match(output, /\npass\n/);
  assert.match(output, /Now yours: these eight lines[^\n]*\n\n( {4}.+\n){8}/);
});

async function runDemo(): Promise<{ code: number | null; output: string }> {
  await using folder = await createTempFolder();
  await using mark = markProcesses({ folder: folder.path });
  await using demo = await startApp('scripts/demo.ts', {
    args: ['--once'],
    env: {
      ...mark.env,
      MARTEAU_DATA: folder.path,
      REDIS_URL: 'redis://127.0.0.1:1',
      MARTEAU_ROLES: 'load',
      PORT: undefined,
    },
    ready: /The report: (http\S+)/,
    deadlineMs: 180_000,
  });
  const [, mail] = await demo.said(/The mail: +(http\S+)/);
  assert.ok(mail);
  const { code } = await demo.ended;
  return { code, output: demo.output() };
}
