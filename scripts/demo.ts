// npm run demo [-- --once]: a Marteau of its own in data/demo runs the example shop, from the form to the report.
import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from '@marteau/net';
import type { Run } from '@marteau/shared';
import { exitCodes } from '../apps/cli/src/exit-codes.ts';
import { followRun } from './demo/follow-run.ts';
import { makeRepository } from './demo/make-repository.ts';
import { outboxMail } from './demo/outbox-mail.ts';
import { eventPrinter } from './demo/print-event.ts';
import { submitForm } from './demo/submit-form.ts';
import { startService } from './serve/service.ts';
import { stopSignal } from './serve/stop-signal.ts';

const root = join(import.meta.dirname, '..');
const EIGHT = 8;
/** Settings of a Marteau that does real work here. */
const othersSettings = [
  'REDIS_URL',
  'SMTP_URL',
  'MARTEAU_ACCESS_TOKEN',
  'MARTEAU_FOLDERS',
  'MARTEAU_MAIL_DOMAINS',
  'MARTEAU_ROLES',
  'MARTEAU_SECRETS',
  'MARTEAU_URL',
];

const { values } = parseArgs({ options: { once: { type: 'boolean', default: false } } });
const say = (line = '') => process.stdout.write(`${line}\n`);
const enough = new AbortController();
const signal = AbortSignal.any([stopSignal(say), enough.signal]);

try {
  process.exitCode = await demo();
} catch (error) {
  say((error as Error).message);
  process.exitCode = exitCodes.surroundings;
}

async function demo(): Promise<number> {
  const dataFolder = join(resolve(process.env.MARTEAU_DATA || join(root, 'data')), 'demo');
  const repository = await makeRepository(join(root, 'examples/shop'), join(dataFolder, 'repositories/shop'));
  const place = relative(process.cwd(), dataFolder);
  say(`Starting Redis, the web and a worker, with all of their data in ${place}.`);
  // What a process says is of interest when it does not come up.
  let unsaid: string[] | null = [];
  const { url, ended } = await startService({
    env: await environment(repository),
    dataFolder,
    nodes: 1,
    show: (name, line) => (isNews(line) ? say(`${name}: ${line}`) : unsaid?.push(`${name}: ${line}`)),
    signal,
  }).catch((error) => {
    for (const line of unsaid ?? []) say(line);
    throw error;
  });
  unsaid = null;
  say(`Marteau is listening on ${url}. It runs ${repository}, submitted by the form at ${url}/new.`);

  const run = await runExample(url, repository);
  if (run) await showEnd(url, dataFolder, run);
  if (run && !values.once && !signal.aborted)
    say(`\nMarteau goes on listening on ${url}. Ctrl-C ends it; what it did stays in ${place}.`);
  else enough.abort();
  await ended;
  if (!run) return exitCodes.cancelled;
  return run.verdict ? exitCodes[run.verdict] : exitCodes.surroundings;
}

/** The demo talks to nobody but this machine, and is all of a Marteau, whatever part of one this machine else is. */
async function environment(repository: string): Promise<NodeJS.ProcessEnv> {
  const env = { ...process.env };
  for (const name of othersSettings) delete env[name];
  const port = await freePort(Number(env.PORT || 3000));
  return {
    ...env,
    HOST: '127.0.0.1',
    PORT: String(port),
    MARTEAU_ALLOW_PRIVATE: '1',
    MARTEAU_EXAMPLE: repository,
  };
}

/** Submits the example and shows its run until it has ended; null when somebody ended the demo before. */
async function runExample(url: string, repository: string): Promise<Run | null> {
  const page = await submitForm(url, { repo: repository, email: 'you@example.com' });
  const id = page.split('/').at(-1)!;
  say(`Its page: ${page}\n`);
  const print = eventPrinter();
  for await (const event of followRun(url, id, signal)) {
    const line = print(event);
    if (line !== null) say(line);
  }
  if (signal.aborted) return null;
  const answer = await fetch(`${url}/api/v1/runs/${id}`, { signal });
  return (await answer.json()) as Run;
}

async function showEnd(url: string, dataFolder: string, run: Run): Promise<void> {
  say(`\n${run.verdict ?? run.state}${run.reason ? `: ${run.reason}` : ''}\n`);
  if (run.verdict) say(`The report: ${url}/runs/${run.id}/report`);
  const mail = await outboxMail(dataFolder, run.id, signal);
  if (mail) say(`The mail:   ${url}/outbox/${mail}`);
  const example = await readFile(join(root, '.marteau.yml.example'), 'utf8');
  say('\nNow yours: these eight lines as .marteau.yml, and a test in plain node:test.\n');
  for (const line of example.split('\n').slice(0, EIGHT)) say(`    ${line}`);
}

/** The log of the processes is for the demo only where it warns. */
function isNews(line: string): boolean {
  return /^(warning|error): /.test(line) || /is started again|cannot|could not|is "/.test(line);
}
