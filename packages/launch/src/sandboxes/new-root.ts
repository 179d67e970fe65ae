import { existsSync, lstatSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { tool } from '../find-program.ts';
import { openWorkFolder, type WorkFolder } from '../work-folder.ts';

/** What the programs of a compartment see of the machine beside its system; all else is not there. Absolute paths. */
export interface View {
  readonly writable: readonly string[];
  readonly readable: readonly string[];
  readonly hidden?: readonly string[];
  /** Writable, too. */
  readonly shared?: string;
  /** Becomes /tmp and /var/tmp. */
  readonly temp: string;
  /** A folder with `passwd`, `group` and `hosts` for /etc. */
  readonly etc: string;
}

/**
 * Folders without what is to be hidden in them: those that have some are taken apart. Absolute paths.
 */
export function without(paths: readonly string[], hidden: readonly string[]): string[] {
  return paths.flatMap((path) => {
    if (hidden.some((one) => isIn(one, path))) return [];
    if (!hidden.some((one) => isIn(path, one))) return [path];
    return without(
      readdirSync(path).map((name) => join(path, name)),
      hidden,
    );
  });
}

function isIn(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** Folders of programs and libraries. /bin and others are links into /usr on today's systems. */
export const SYSTEM = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/opt'];

/** Of /etc what programs read to run, resolve names, trust certificates and show text; nothing that is somebody's. */
const ETC_NAMES =
  /^(X11|alternatives|ca-certificates(\.conf)?|chromium(\.d)?|crypto-policies|fonts|gai\.conf|glvnd|host\.conf|java.*|jvm.*|ld\.so\..*|locale\..*|localtime|magic.*|maven|mime\.types|nsswitch\.conf|os-release|perl|php|pki|protocols|python.*|resolv\.conf|rpc|services|ssl|terminfo|timezone|xdg)$/;

export const ETC = readdirSync('/etc')
  .filter((name) => ETC_NAMES.test(name))
  .map((name) => `/etc/${name}`);

/**
 * The arguments of bubblewrap for a new root: the system read-only, a /proc and a /dev of its own, and what the view
 * names, at its own places. PID, IPC and host name are apart, and the whole ends with us.
 * @param options of bubblewrap besides: by which rights it makes the namespaces
 */
export function newRoot(view: View, options: readonly string[]): string[] {
  const args = [
    ...options,
    '--die-with-parent',
    '--as-pid-1',
    '--unshare-pid',
    '--unshare-ipc',
    '--unshare-uts',
  ];
  const made = new Set<string>();
  /** bubblewrap makes folders above a place for its owner alone. */
  const makeParents = (path: string): void => {
    const parent = dirname(path);
    if (parent === '/' || made.has(parent)) return;
    makeParents(parent);
    made.add(parent);
    args.push('--perms', '0755', '--dir', parent);
  };
  const bind = (how: '--bind' | '--ro-bind', from: string, to = from): void => {
    makeParents(to);
    args.push(how, from, to);
  };
  const system = without(
    SYSTEM.filter((folder) => existsSync(folder)),
    view.hidden ?? [],
  );
  for (const path of system) {
    makeParents(path);
    if (lstatSync(path).isSymbolicLink()) args.push('--symlink', readlinkSync(path), path);
    else args.push('--ro-bind', path, path);
  }
  for (const path of ETC.filter((file) => existsSync(file))) bind('--ro-bind', realpathSync(path), path); // resolv.conf is a link into /run on many systems
  for (const name of ['passwd', 'group', 'hosts']) bind('--ro-bind', `${view.etc}/${name}`, `/etc/${name}`);
  args.push('--proc', '/proc', '--dev', '/dev', '--perms', '0755', '--dir', '/run');
  bind('--bind', view.temp, '/tmp');
  bind('--bind', view.temp, '/var/tmp');
  made.add('/tmp');
  // What lies in another one is there already, and nothing can be put into that.
  const shown = [...system];
  for (const path of view.readable.filter((one) => existsSync(one)).sort((a, b) => a.length - b.length)) {
    if (shown.some((folder) => isIn(folder, path))) continue;
    shown.push(path);
    bind('--ro-bind', path);
  }
  for (const path of [...view.writable, ...(view.shared ? [view.shared] : [])]) bind('--bind', path);
  // At its own place, too, where nobody can then put a link: the next program would get what that leads to.
  bind('--bind', view.temp);
  args.push('--perms', '1777', '--tmpfs', '/dev/shm', '--remount-ro', '/dev', '--remount-ro', '/');
  return [tool('bwrap'), ...args, '--'];
}

/** What its folder of /etc is for, in its name. */
export const ETC_FOLDER = 'etc';

/** Makes the folder `View.etc`: who is who, and that the machine's own name is this machine. */
export async function makeEtc(uid: number): Promise<WorkFolder> {
  const folder = await openWorkFolder(ETC_FOLDER, process.pid);
  const write = (name: string, text: string) => writeFile(join(folder.path, name), text);
  await chmod(folder.path, 0o755);
  await write('passwd', `root:x:0:0::/:/bin/false\nmarteau:x:${uid}:${uid}::/tmp:/bin/sh\n`);
  await write('group', `root:x:0:\nmarteau:x:${uid}:\n`);
  await writeHosts(folder.path, {});
  return folder;
}

/** Writes `hosts` of such a folder in place: whoever has it at /etc/hosts reads it at once. */
export async function writeHosts(
  etc: string,
  hosts: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  const own = ['127.0.0.1 localhost', '::1 localhost ip6-localhost', `127.0.1.1 ${hostname()}`];
  const named = Object.entries(hosts).flatMap(([name, all]) => all.map((address) => `${address} ${name}`));
  await writeFile(join(etc, 'hosts'), `${[...own, ...named].join('\n')}\n`);
}
