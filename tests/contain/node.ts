// A node of the tests, with something to lose: it holds the probe on one rung of the ladder and prints its answers.
//
//     node node.ts FOLDER RUNG [hold]      FOLDER is empty and ours; `hold` waits, with a program inside, to be killed

import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ladder, openWorkFolder } from '@marteau/launch';
import { QUESTIONS } from './questions.ts';

const [folder = '', rung = '0', hold] = process.argv.slice(2);
const LIMITS = { tasks: 64, memoryBytes: 192 * 1024 ** 2 };
const PROBE = readFileSync(join(import.meta.dirname, 'probe.pl'), 'utf8');
/** What is asked in a launch of its own, for it takes too much, or needs another one before it. */
const APART = ['forks', 'allocations', 'flight', 'linked', 'early'];

await using stack = new AsyncDisposableStack();

const files = {
  data: join(folder, 'data'),
  run: join(folder, 'data/runs/other/results.json'),
  cache: join(folder, 'data/npm-cache'),
  secrets: join(folder, 'data/secrets.yml'),
  home: join(folder, 'home'),
  beside: join(folder, 'work-of-another/script.ts'),
  modes: join(folder, 'home/modes'),
};
for (const path of [files.cache, join(files.run, '..'), files.home, join(files.beside, '..')])
  mkdirSync(path, { recursive: true });
for (const path of [files.run, files.secrets, files.beside, files.modes, join(files.home, '.gitconfig')])
  writeFileSync(path, 'secret', { mode: 0o600 });

const mark = `${1e6 + Math.floor(Math.random() * 1e6)}.${process.pid}`;
const abstract = `marteau-probe-${mark}`;
const socket = join(folder, 'redis.sock');
const shm = `marteau-probe-${mark}`;
writeFileSync(`/dev/shm/${shm}`, 'secret', { mode: 0o600 });
stack.defer(() => rmSync(`/dev/shm/${shm}`));
const shmkey = process.pid;
const made = spawnSync('perl', ['-e', `print shmget ${shmkey}, 8, 01600`], { encoding: 'utf8' }).stdout;
stack.defer(() => void spawnSync('perl', ['-e', `shmctl ${made}, 0, 0`]));

const target = await listen(0, '127.0.0.1');
await listen(target, '127.9.0.1');
const ports = {
  target,
  redis: await listen(0, '127.0.0.1'),
  web: await listen(0, '127.0.0.1'),
  port: await listen(0, '127.0.0.1'),
  port6: await listen(0, '::1'),
  denied: await listen(0, '127.9.0.1'),
  udp: await listenToDatagrams(),
};
await listen(`\0${abstract}`);
await listen(socket);

const work = stack.use(await openWorkFolder('probe', process.pid));
const temp = join(work.path, 'tmp');
mkdirSync(temp);
writeFileSync(join(work.path, 'probe.pl'), PROBE);
const compartment = stack.use(
  await ladder[Number(rung)]!.open({
    writable: [work.path],
    readable: [join(folder, 'readable')],
    temp,
    limits: LIMITS,
  }),
);
await compartment.reach({
  never: [ports.redis, ports.web].flatMap((port) =>
    ['127.0.0.0/8', '::1'].map((network) => ({ network, ports: [port, port] as const })),
  ),
  allowed: [{ network: '127.0.0.1', ports: [target, target] }],
  hosts: {},
});
const keys = {
  ...files,
  ...ports,
  ...{ abstract, socket, shm, shmkey, mark, temp, work: work.path, pid: process.pid },
  ...{ code: join(import.meta.dirname, '../../packages/launch/src/index.ts') },
  ...{ setuid: join(folder, 'readable/id'), marker: process.env.MARTEAU_PROBE_SECRET },
  ...{ tasks: LIMITS.tasks, bytes: LIMITS.memoryBytes },
};

if (hold) {
  await ask(['flight']);
  compartment.launch({ file: '/bin/sleep', args: [mark], ...common() });
  while (sleepers() === 0) await new Promise((go) => setTimeout(go, 5));
  process.stdout.write(`${JSON.stringify({ mark, work: work.path })}\n`);
  await new Promise((go) => setTimeout(go, 60_000));
}
const plain = Object.keys(QUESTIONS).filter((name) => !APART.includes(name));
const answers = {
  ...(await ask(plain)),
  ...(await ask(['forks'])),
  ...(await ask(['allocations'])),
  ...(await ask(['flight'])),
};
// What would run before the containment, if that came after the environment.
writeFileSync(
  join(work.path, 'early.pm'),
  'open my $in, "<", "SECRETS"; open my $out, ">", "WORK/stolen"; print {$out} <$in>; 1'
    .replace('SECRETS', files.secrets)
    .replace('WORK', work.path),
);
await ask(['leaked'], { PERL5LIB: work.path, PERL5OPT: '-Mearly' });
answers.early = readFileSync(join(work.path, 'stolen'), 'utf8') === '' ? 'closed' : 'open';
await ask(['link']);
Object.assign(answers, await ask(['linked']));
answers.flight = sleepers() > 0 ? 'open' : 'closed';
killSleepers();
const { containment } = compartment;
process.stdout.write(`${JSON.stringify({ containment, answers, exceeded: compartment.exceeded() })}\n`);
await stack[Symbol.asyncDispose]();
process.exit();

async function ask(questions: readonly string[], env: Record<string, string> = {}): Promise<Record<string, string>> {
  const words = Object.entries(keys).map(([key, value]) => `${key}=${value}`);
  const program = compartment.launch({
    file: 'perl',
    args: ['probe.pl', ...words, '--', ...questions],
    ...common(env),
  });
  const [out, errors, { sentence }] = await Promise.all([
    text(program.stdout),
    text(program.stderr),
    program.exited,
  ]);
  const said = Object.fromEntries(out.split('\n').flatMap((line) => (line ? [line.split(' ')] : [])));
  const missing = questions.filter((name) => !said[name] && name !== 'flight');
  if (missing.length > 0) throw new Error(`${missing[0]} was not answered: ${sentence}; ${errors}`);
  return said;
}

function common(env: Record<string, string> = {}) {
  return {
    cwd: work.path,
    env: { PATH: '/usr/bin:/bin', TMPDIR: temp, ...env },
    signal: new AbortController().signal,
  };
}

async function listen(at: number | string, host?: string): Promise<number> {
  const server = createServer((connection) => connection.destroy());
  server.listen(typeof at === 'string' ? { path: at } : { port: at, host });
  await once(server, 'listening');
  stack.defer(() => void server.close());
  return Number((server.address() as { port: number }).port);
}

async function listenToDatagrams(): Promise<number> {
  const server = createSocket('udp4', (message, from) => server.send(message, from.port, from.address));
  server.bind(0);
  await once(server, 'listening');
  stack.defer(() => void server.close());
  return server.address().port;
}

function pidsOfSleepers(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').endsWith(`sleep\0${mark}\0`);
    } catch {
      return false; // no process, or none any more
    }
  });
}

function sleepers(): number {
  return pidsOfSleepers().length;
}

function killSleepers(): void {
  for (const pid of pidsOfSleepers()) process.kill(Number(pid), 'SIGKILL');
}
