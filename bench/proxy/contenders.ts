import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort, waitUntil } from '@marteau/testkit';

/** Something that passes bytes on to Redis, in a process of its own. */
export interface Contender extends AsyncDisposable {
  name: string;
  port: number;
  /** 0 for Redis itself. */
  pid: number;
}

const root = join(import.meta.dirname, '../..');

/** Ours, by the command that people use. */
export async function startOurs(
  name: string,
  backend: number,
  folder: string,
  proxy: object,
): Promise<Contender> {
  const port = await freePort();
  const path = join(folder, `${port}.yml`);
  const proxies = { p: { listen: `127.0.0.1:${port}`, upstream: `127.0.0.1:${backend}`, ...proxy } };
  await writeFile(path, JSON.stringify({ control: false, proxies })); // JSON is YAML
  const main = join(root, 'apps/cli/src/main.ts');
  return contender(
    name,
    port,
    spawn(process.execPath, [main, 'proxy', '--config', path], { stdio: 'ignore' }),
  );
}

export async function startPipe(backend: number): Promise<Contender> {
  const port = await freePort();
  const program = join(import.meta.dirname, 'serve.ts');
  return contender(
    'bare pipe',
    port,
    spawn(process.execPath, [program, String(port), String(backend)], { stdio: 'ignore' }),
  );
}

export async function startToxiproxy(backend: number): Promise<Contender> {
  const [port, control] = [await freePort(), await freePort()];
  const child = spawn('toxiproxy-server', ['-host', '127.0.0.1', '-port', String(control)], {
    stdio: 'ignore',
  });
  await waitUntil('toxiproxy to listen', () => accepts(control));
  const proxy = { name: 'p', listen: `127.0.0.1:${port}`, upstream: `127.0.0.1:${backend}` };
  await fetch(`http://127.0.0.1:${control}/proxies`, { method: 'POST', body: JSON.stringify(proxy) });
  return contender('toxiproxy', port, child);
}

export async function startHaproxy(backend: number, folder: string): Promise<Contender> {
  const port = await freePort();
  const path = join(folder, 'haproxy.cfg');
  await writeFile(
    path,
    `global
  nbthread 1
  maxconn 2000
defaults
  mode tcp
  timeout connect 5s
  timeout client 1m
  timeout server 1m
listen p
  bind 127.0.0.1:${port}
  server s 127.0.0.1:${backend}
`,
  );
  return contender('haproxy', port, spawn('haproxy', ['-db', '-f', path], { stdio: 'ignore' }));
}

async function contender(name: string, port: number, child: ChildProcess): Promise<Contender> {
  await waitUntil(`${name} to listen`, () => accepts(port));
  return {
    name,
    port,
    pid: child.pid!,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
