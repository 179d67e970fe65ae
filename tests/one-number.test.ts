// One number for one thing: whatever shows a figure of a run shows the same.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { summarise } from '@marteau/report';
import { type Results, readResults } from '@marteau/report/schema';
import {
  figuresOf,
  formatCount,
  formatLatency,
  formatPercent,
  formatRate,
  type RunSummary,
} from '@marteau/shared';
import { createTempFolder, startSmtpServer, startTargetServer, waitUntil } from '@marteau/testkit';
import { openHouse } from './house/house.ts';
import { scriptOf } from './house/projects.ts';

const main = join(import.meta.dirname, '../apps/cli/src/main.ts');

/** Some requests fail, and some iterations; the second stage is the slower one. */
const project = (target: string): Record<string, string> => ({
  '.marteau.yml': `
name: Numbers
script: numbers.test.ts
target: ${target}
cycles: 1:3
duration: 2s
ramp: 0s
thresholds: [p95 < 20s, errors <= 100%, failures <= 100%]
`,
  'numbers.test.ts': scriptOf(
    `
      assert.equal((await fetch('/hello')).status, 200);
      if (++passes % 5 === 0) assert.equal((await fetch('/status/503')).status, 200);`,
    'let passes = 0;',
  ),
});

async function marteau(args: string[], env: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  assert.equal(code, 0, out + err);
  return out;
}

/** What a person reads of a page. */
function plain(html: string): string {
  return html
    .replace(/<(script|style|svg)\b[\s\S]*?<\/\1>/g, ' ')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&#39;', "'")
    .replace(/[ \n]+/g, ' ');
}

/** The figures of the whole, reckoned here from the results alone. */
function reckoned({ steps, load }: Results) {
  const sum = (pick: (stage: Results['steps'][number]) => number) =>
    steps.reduce((total, stage) => total + pick(stage), 0);
  const requests = sum((stage) => stage.requests.count);
  const slowest = steps.toSorted((a, b) => b.requests.time.p95! - a.requests.time.p95!)[0]!.requests.time;
  return {
    requests: formatCount(requests),
    rate: formatRate(requests / load.recordedSeconds),
    errors: formatPercent(sum((stage) => stage.requests.errors) / requests),
    failures: formatPercent(sum((stage) => stage.tests.errors) / sum((stage) => stage.tests.count)),
    p50: formatLatency(slowest.p50),
    p95: formatLatency(slowest.p95),
  };
}

type Numbers = ReturnType<typeof reckoned>;

/** Where a report shows them. */
function inReport(html: string, { requests, rate, errors, failures, p50, p95 }: Numbers): void {
  const report = plain(html);
  for (const shown of [
    `p50 ${p50} p95 ${p95} `,
    `requests ${requests} ${rate} errors ${errors} `,
    `failures ${failures} `,
  ])
    assert.ok(report.includes(shown), `the report lacks "${shown}"`);
}

test('a run that a server did: its page, lists, badge, mail, trend, API, command line and report', async () => {
  await using smtp = await startSmtpServer();
  await using target = await startTargetServer();
  await using house = await openHouse({
    env: { SMTP_URL: smtp.url, MARTEAU_URL: 'http://127.0.0.1', MARTEAU_MAIL_DOMAINS: 'example.com' },
  });
  const repo = await house.git.createRepo('numbers', project(target.url));
  const out = await marteau(['submit', repo.url, '--wait', '--quiet', '--email', 'ana@example.com'], {
    MARTEAU_URL: house.url,
  });
  const { runs } = await house.api<{ runs: { id: string; project: string; summary: RunSummary }[] }>(
    'GET',
    '/runs',
  );
  const { id, project: address, summary } = runs[0]!;
  const results = readResults(await house.file(id, 'results.json'));
  const numbers = reckoned(results);
  const { requests, rate, errors, failures, p50, p95 } = numbers;
  assert.notEqual(errors, '0 %');
  assert.deepEqual(summary, summarise(results), 'the API tells what the results say');
  assert.deepEqual({ ...figuresOf(summary), ...numbers }, figuresOf(summary));

  const page = async (path: string) => (await fetch(house.url + path)).text();
  const query = new URLSearchParams({ project: address });
  const mail = await waitUntil('the mail', () => smtp.mails[0]?.parsed);
  const judged = results.judgement!.reason;
  const places: [string, string, string[]][] = [
    ['the command line', out, [`PASS  ${requests} requests, ${rate}, p95 ${p95}, ${errors} errors`]],
    [
      'the page of the run',
      plain(await page(`/runs/${id}`)),
      [
        judged,
        ` p95 ${p95} `,
        ` p50 ${p50} `,
        ` Requests ${rate} ${requests} in all`,
        ` Errors ${errors} `,
        ` Failures ${failures} `,
      ],
    ],
    ['home', plain(await page('/')), [`${p95} ${errors} ${rate} `]],
    ['the list of runs', plain(await page('/runs')), [`${p95} ${errors} ${rate} `]],
    ['projects', plain(await page('/projects')), [`${p95} ${errors} `]],
    ['the badge', await page(`/badge.svg?${query}`), [`aria-label="load test: pass, p95 ${p95}"`]],
    ['the trend', plain(await page(`/trend?${query}`)), [`pass ${p95} ${rate} ${errors} `]],
    [
      'the mail as text',
      mail.text!.replace(/ +/g, ' '),
      [`Rate: ${rate}`, `p50: ${p50}`, `p95: ${p95}`, `Errors: ${errors}`, `iterations: ${failures}`],
    ],
    [
      'the mail as a page',
      plain(mail.html as string),
      [`Requests ${requests} `, `Rate ${rate} `, `p50 ${p50} `, `p95 ${p95} `, `Errors ${errors} `],
    ],
    ['the subject', mail.subject!, [`pass · Numbers · p95 ${p95}, ${rate.replace('/s', ' requests/s')}`]],
  ];
  for (const [where, said, all] of places)
    for (const one of all) assert.ok(said.includes(one), `${where} lacks "${one}":\n${said.slice(0, 6000)}`);
  const report = await house.file(id, 'report.html');
  inReport(report, numbers);
  assert.ok(plain(report).includes(judged.replaceAll('  ', ' ')));
});

test('a run of the command line: its table, --json, and its report', async () => {
  await using target = await startTargetServer();
  await using folder = await createTempFolder();

  for (const [name, content] of Object.entries(project(target.url)))
    await writeFile(join(folder.path, name), content);
  const args = ['run', folder.path, '--out'];
  const table = await marteau([...args, join(folder.path, 'a')], {});
  const json = JSON.parse(await marteau([...args, join(folder.path, 'b'), '--json'], {}));
  const read = (name: string) => readFile(join(folder.path, name), 'utf8');
  for (const name of ['a', 'b']) {
    const numbers = reckoned(readResults(await read(`${name}/results.json`)));
    inReport(await read(`${name}/report.html`), numbers);
    if (name === 'b') assert.deepEqual({ ...figuresOf(json.summary), ...numbers }, figuresOf(json.summary));
  }
  const results = readResults(await read('a/results.json'));
  assert.match(table, /^PASS /m);
  assert.ok(table.includes(results.judgement!.reason));
  for (const { plan, requests, tests } of results.steps) {
    const { p50, p95, p99 } = requests.time;
    const cells = [
      formatCount(requests.count),
      formatRate(requests.rate),
      ...[p50, p95, p99].map(formatLatency),
      formatPercent(requests.errors / requests.count),
      formatCount(tests.errors),
    ];
    const rows = table.split('\n').map((line) => line.trim().split(/ {2,}/).join(' | '));
    assert.ok(rows.includes([plan.name, ...cells].join(' | ')), table);
  }
});
