import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npmSettings } from '@marteau/run';
import { freePort, startTargetServer, waitUntil } from '@marteau/testkit';
import type { Bench } from './bench.ts';

const root = join(import.meta.dirname, '..');
const MIRROR = 'http://deb.debian.org/debian';
const AUTHORITIES = 'etc/ssl/certs/ca-certificates.crt';
const LONGEST_MS = 900_000;

/** A machine as it comes: Debian 13 with its own Node 20, npm and git, and nothing else. Needs root, and debootstrap. */
export const bench: Bench = {
  name: 'first-use',
  about: 'Debian 13 with its own nodejs, npm and git: clone → the demo’s report, and commands to one’s own',
  goals: {
    clone_to_report_s: { better: 'lower', goal: 100 },
    commands_to_own_report: { better: 'lower', goal: 5 },
  },
  async run({ say }) {
    await using machine = await openMachine(say);
    await using target = await startTargetServer();
    const port = await freePort();
    const page = readFileSync(join(root, 'README.md'), 'utf8');
    const shown = (of: RegExp): string => of.exec(page)![0].replace(/\s+#.*$/, '');

    const clone = 'git clone /srv/marteau.git marteau';
    const demo = shown(/^npm run demo.*$/m);
    say(`${clone}; ${demo}`);
    const begun = performance.now();
    await machine.type(clone);
    await using shop = machine.start(`cd marteau && PORT=${port} ${demo}`);
    await shop.says(/The report: http/, /^error: /m);
    const toReport = (performance.now() - begun) / 1000;
    say(`${toReport.toFixed(1)} s to the report`);

    const own = [/^npm install --save-dev .*$/m, /^npx marteau init .*$/m, /^npx marteau run.*$/m].map(shown);
    await machine.type('mkdir mine');
    for (const command of own) {
      const here = command
        .replace('http://127.0.0.1:3000', `http://127.0.0.1:${port}`)
        .replace('https://staging.example.com', `${target.url}/hello`);
      say(here);
      await machine.type(`cd mine && ${here}`, [0, 3]); // 3: a machine that measures itself may be too busy
    }
    const commands = [clone, demo, ...own].length;
    return {
      rows: [
        { case: 'git clone, npm run demo', metric: 'to the report', value: toReport, unit: 's' },
        { case: [demo, ...own].join('; '), metric: 'commands', value: commands, unit: '' },
      ],
      ratios: { clone_to_report_s: toReport, commands_to_own_report: commands },
    };
  },
};

interface Machine extends AsyncDisposable {
  /** Runs a command in /root to its end. @throws when it ends with another code than these */
  type(command: string, codes?: readonly number[]): Promise<void>;
  /** Runs one that goes on; disposing of it asks it to end. */
  start(command: string): Started;
}

interface Started extends AsyncDisposable {
  /** @throws when it ends, or says what must not be, before */
  says(what: RegExp, not: RegExp): Promise<void>;
  ended: Promise<number | null>;
  said(): string;
}

/** @param say what takes its time and is not counted */
async function openMachine(say: (line: string) => void): Promise<Machine> {
  const given = process.env.MARTEAU_BENCH_ROOT;
  const place = realpathSync(given ?? mkdtempSync(join(tmpdir(), 'marteau-debian-')));
  if (!existsSync(join(place, 'usr/bin/npm'))) {
    say(`making a Debian 13 in ${place}`);
    const options = {
      stdio: 'ignore' as const,
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    };
    execFileSync('debootstrap', ['--variant=minbase', 'trixie', place, MIRROR], options);
    const packages = ['nodejs', 'npm', 'git', 'ca-certificates'];
    // debootstrap itself cannot put npm's packages into an order.
    execFileSync(
      'chroot',
      [place, 'apt-get', 'install', '-y', '--no-install-recommends', ...packages],
      options,
    );
  }
  // The machine reaches what this one reaches.
  for (const file of ['etc/resolv.conf', 'etc/hosts', AUTHORITIES])
    if (existsSync(`/${file}`)) cpSync(realpathSync(`/${file}`), join(place, file));
  for (const leftover of ['root', 'srv/marteau.git'])
    rmSync(join(place, leftover), { recursive: true, force: true });
  execFileSync('git', ['clone', '-q', '--bare', root, join(place, 'srv/marteau.git')]);
  const env = {
    ...npmSettings(process.env),
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/root',
    LANG: 'C.UTF-8',
    npm_config_cafile: `/${AUTHORITIES}`,
  };
  const inside = `mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && mkdir -p "$1/root" && exec chroot "$1" sh -c "cd /root && $2"`;
  const start = (command: string): Started => {
    const child = spawn(
      'unshare',
      ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', inside, 'sh', place, command],
      { env, detached: true },
    );
    return watch(child, command);
  };
  return {
    start,
    async type(command, codes = [0]) {
      await using started = start(command);
      const code = await started.ended;
      if (!codes.includes(code ?? -1)) throw new Error(`${command} ended with ${code}:\n${started.said()}`);
    },
    async [Symbol.asyncDispose]() {
      if (given === undefined) rmSync(place, { recursive: true, force: true });
    },
  };
}

function watch(child: ChildProcess, command: string): Started {
  let text = '';
  let isOver = false;
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(child, 'close').then(([code]) => {
    isOver = true;
    process.off('exit', kill);
    return code as number | null;
  });
  return {
    ended,
    said: () => text,
    async says(what, not) {
      const isSaid = () => isOver || what.test(text) || not.test(text);
      await waitUntil(`${command} to say ${what}`, isSaid, { deadlineMs: LONGEST_MS });
      if (!what.test(text)) throw new Error(`${command} did not say it:\n${text}`);
    },
    async [Symbol.asyncDispose]() {
      if (!isOver) process.kill(-child.pid!, 'SIGINT');
      const impatience = setTimeout(kill, 30_000);
      await ended;
      clearTimeout(impatience);
    },
  };
}
