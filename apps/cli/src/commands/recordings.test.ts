import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTempFolder } from '@marteau/testkit';
import { exitCodes } from '../exit-codes.ts';

const main = join(import.meta.dirname, '../main.ts');

const app = `import { createServer } from 'node:http';
const payments = process.env.MARTEAU_PROXY_PAY
  ? 'http://' + process.env.MARTEAU_PROXY_PAY
  : process.env.MARTEAU_RECORDING_PAYMENTS;
createServer(async (request, response) => {
  if (request.url === '/health') return response.end('ok');
  const answer = await fetch(payments + request.url, { method: 'POST', body: 'amount=10&token=' + Math.random() });
  response.writeHead(answer.status === 200 ? 200 : 502).end(await answer.text());
}).listen(process.env.PORT, '127.0.0.1');
`;
const script = `import assert from 'node:assert/strict';
import { test } from 'node:test';
test('pay', async () => {
  const answer = await fetch(process.env.MARTEAU_TARGET + '/pay');
  assert.equal(answer.status, 200);
  assert.deepEqual(await answer.json(), { paid: true });
});
`;
const tape =
  'POST /pay HTTP/1.1\n\namount=10&token=XXX\n\n200 OK\nContent-Type: application/json\n\n{"paid": true}\n';

async function run(tapeOf: string, more = '') {
  await using folder = await createTempFolder();
  const files = {
    'app.ts': app,
    'pay.test.ts': script,
    'pay.rec': tapeOf,
    '.marteau.yml': `script: pay.test.ts\napp: {command: node app.ts, ready: /health}\ncycles: 2\nduration: 2s\nrecordings: {payments: {file: pay.rec}}\n${more}`,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder.path, name), text);
  const ended = await new Promise<{ code: number; said: string }>((resolve) => {
    const options = { cwd: folder.path, env: { ...process.env, NODE_TEST_CONTEXT: undefined } };
    execFile(process.execPath, [main, 'run', '.'], options, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, said: out + err }),
    );
  });
  const runs = await readdir(join(folder.path, 'marteau-runs'));
  const at = runs.find((name) => /^\d/.test(name))!;
  const read = (name: string) => readFile(join(folder.path, 'marteau-runs', at, name), 'utf8');
  return { ...ended, results: JSON.parse(await read('results.json')), report: await read('report.html') };
}

test('an app runs with a third party on tape, and the report tells how often it was called', async () => {
  const { code, said, results, report } = await run(tape);
  assert.equal(code, exitCodes.pass, said);
  const [record] = results.recordings;
  assert.ok(record.calls > 2);
  assert.deepEqual([record.replayed, record.unmatched], [record.calls, 0]);
  assert.match(report, /Stand-ins for third parties/);
});

test('requests that are not on the tape fail the run, and say which recording comes nearest', async () => {
  const { code, said, results, report } = await run(
    tape.replace('amount=10', 'amount=11'),
    'thresholds: [p95 < 60s]\n',
  );
  assert.equal(code, exitCodes.fail, said);
  assert.match(
    results.judgement.reason,
    /calls to payments were not on its tape\. POST \/pay is not on the tape/,
  );
  assert.match(report, /The nearest recording is POST \/pay \(line 1\)/);
});

test('chaos stands between the app and the tape', async () => {
  const proxies = 'proxies: {pay: {upstream: "payments:80", protocol: http}}';
  const chaos = 'chaos: {behaviors: {pay: "50:error"}}';
  const { said, results } = await run(tape, `${proxies}\n${chaos}\n`);
  const [record] = results.recordings;
  assert.ok(record.calls > 0, said);
  assert.equal(record.unmatched, 0);
  assert.ok(results.chaos.faults[0].hits > 0, said);
});
