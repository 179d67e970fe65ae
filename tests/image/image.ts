import { execFile, spawn } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { npmSettings } from '@marteau/run';
import { createTempFolder } from '@marteau/testkit';
import { readDockerfile, type Stage } from './dockerfile.ts';

const tree = join(import.meta.dirname, '../..');
const MIRROR = 'http://deb.debian.org/debian';
/** Whom this machine trusts, in a place that no package writes to. */
const AUTHORITIES = 'usr/local/share/authorities.crt';
const OURS = '/etc/ssl/certs/ca-certificates.crt';
/** Of the user `node` in the image that ours is made from. */
const USER = 1000;
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What the Dockerfile says, in a root that was made without an engine. */
export interface Image extends AsyncDisposable {
  readonly root: string;
  /** What CMD says. */
  readonly command: readonly string[];
  /** Bytes beside the image that it is made from. */
  readonly bytes: number;
  /** Runs words in it as compose does: nobody's account, no new rights, all read-only but /tmp and the folder at /data. */
  start(words: readonly string[], env: Record<string, string>, data: string): ReturnType<typeof spawn>;
}

const run = promisify(execFile);

/** Builds the image from the Dockerfile's own lines, upon a Debian 13 and our Node. */
export async function buildImage(dockerfile: string): Promise<Image> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await createTempFolder('marteau-image-'));
  const base = join(folder.path, 'base');
  await makeBase(base);
  const made = new Map<string, string>();
  let env: Record<string, string> = {};
  let command: string[] = [];
  const stages = readDockerfile(dockerfile);
  for (const stage of stages) {
    const root = join(folder.path, stage.name ?? 'image');
    await run('cp', ['--archive', '--reflink=auto', base, root]);
    made.set(stage.name ?? 'image', root);
    ({ env, command } = await build(stage, root, made));
  }
  const root = made.get('image')!;
  const bytes = (await sizeOf(root)) - (await sizeOf(base));
  const kept = stack.move();
  return {
    root,
    command,
    bytes,
    start(words, more, data) {
      const mounts = [
        'mount --bind "$1" "$1"',
        'mount --bind "$2" "$1/data"',
        'mount -o remount,bind,ro "$1"',
        'mount -t tmpfs -o mode=1777 tmpfs "$1/tmp"',
        'mount -t proc proc "$1/proc"',
        'mount --rbind /dev "$1/dev"',
        'root=$1; shift 2',
        `exec setpriv --no-new-privs chroot --userspec=${USER}:${USER} "$root" sh -c 'cd /marteau && exec "$@"' sh "$@"`,
      ];
      const unshare = ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', mounts.join(' && ')];
      return spawn('unshare', [...unshare, 'sh', root, data, ...words], {
        env: { PATH, HOME: '/tmp', ...env, ...more },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** What `node:24-trixie-slim` is: Debian 13, Node and npm in /usr/local, and the user `node`. */
async function makeBase(root: string): Promise<void> {
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
  await run('debootstrap', ['--variant=minbase', 'trixie', root, MIRROR], { env, maxBuffer: 2 ** 26 });
  // It reaches what this machine reaches.
  for (const file of ['etc/resolv.conf', 'etc/hosts'])
    if (existsSync(`/${file}`)) cpSync(realpathSync(`/${file}`), join(root, file));
  if (existsSync(OURS)) cpSync(realpathSync(OURS), join(root, AUTHORITIES));
  cpSync(process.execPath, join(root, 'usr/local/bin/node'));
  chmodSync(join(root, 'usr/local/bin/node'), 0o755);
  await run('npm', ['install', '--global', '--prefix', join(root, 'usr/local'), 'npm@11'], { env });
  await inside(
    root,
    '/',
    `groupadd --gid ${USER} node && useradd --uid ${USER} --gid node --create-home node`,
  );
}

async function build(stage: Stage, root: string, made: ReadonlyMap<string, string>) {
  let place = '/';
  const env: Record<string, string> = {};
  let command: string[] = [];
  for (const { name, words } of stage.instructions) {
    if (name === 'WORKDIR') {
      place = words;
      mkdirSync(join(root, place), { recursive: true });
    } else if (name === 'COPY') await copy(words, join(root, place), made);
    else if (name === 'RUN') await inside(root, place, words);
    else if (name === 'ENV') for (const [, key, value] of words.matchAll(/(\w+)=(\S+)/g)) env[key!] = value!;
    else if (name === 'CMD') command = JSON.parse(words) as string[];
  }
  return { env, command };
}

async function copy(words: string, to: string, made: ReadonlyMap<string, string>): Promise<void> {
  const [, from, path] = /^--from=(\S+) (\S+) \.$/.exec(words) ?? [];
  if (from !== undefined) return void (await run('cp', ['--archive', join(made.get(from)!, path!), to]));
  // What a checkout has; what a working folder may have besides is for .dockerignore.
  const pack =
    'git ls-files -z | tar --create --null --files-from=- | tar --extract --no-same-owner --directory "$1"';
  await run('sh', ['-c', pack, 'sh', to], { cwd: tree });
}

async function inside(root: string, place: string, script: string): Promise<void> {
  const mounts =
    'mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && exec chroot "$1" sh -c "cd $2 && $3"';
  const unshare = ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', mounts];
  await run('unshare', [...unshare, 'sh', root, place, script.replaceAll('"', '\\"')], {
    env: {
      ...npmSettings(process.env),
      PATH,
      HOME: '/root',
      DEBIAN_FRONTEND: 'noninteractive',
      ...(existsSync(OURS) && { npm_config_cafile: `/${AUTHORITIES}` }),
    },
    maxBuffer: 2 ** 26,
  });
}

async function sizeOf(root: string): Promise<number> {
  const { stdout } = await run('du', ['--summarize', '--bytes', root]);
  return Number.parseInt(stdout, 10);
}

/** Has a folder for /data that the image's user may write. */
export async function makeData(): Promise<Awaited<ReturnType<typeof createTempFolder>>> {
  const folder = await createTempFolder('marteau-data-');
  chownSync(folder.path, USER, USER);
  return folder;
}
