import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';

export type GitServerOptions = {
  /** Where its repositories lie; a temporary folder, removed at the end, if not given. */
  root?: string;
  /** Whom it serves; everybody, if not given. */
  auth?: { user: string; password: string };
  /** Speaks https with these, in PEM. */
  tls?: { key: string; cert: string };
  /** False: only version 0 of git's protocol, as old servers do. */
  protocolV2?: boolean;
};

export type GitRepoOptions = {
  branch?: string;
  /** Whether commits that no branch names may be fetched (version 0 of the protocol; version 2 always may). */
  anySha?: boolean;
  /** Whether partial clones are served. */
  filter?: boolean;
};

/** A repository with a work tree, served over HTTP. */
export type GitRepo = {
  url: string;
  dir: string;
  /** Writes the files, commits all there is to commit, and resolves with the commit's SHA. */
  commit(files: Record<string, string>, message?: string): Promise<string>;
  /** Runs git in the work tree and resolves with what it prints. */
  git(...args: string[]): Promise<string>;
};

export type GitRequest = { method: string; url: string; headers: IncomingHttpHeaders };

/** A git server over HTTP (`git http-backend`), as the big hosts are. */
export type GitServer = AsyncDisposable & {
  /** `http://127.0.0.1:PORT` */
  url: string;
  port: number;
  root: string;
  /** Every request that came, the refused ones too. */
  requests: GitRequest[];
  /** Makes `NAME.git` with a first commit of these files; with no files it stays empty. */
  createRepo(name: string, files: Record<string, string>, options?: GitRepoOptions): Promise<GitRepo>;
  stop(): Promise<void>;
};

const environment = {
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
};

export async function startGitServer(options: GitServerOptions = {}): Promise<GitServer> {
  const root = options.root ?? (await realpath(await mkdtemp(join(tmpdir(), 'marteau-test-git-'))));
  const requests: GitRequest[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    requests.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers });
    if (isWelcome(request, options.auth)) runBackend(request, response, root, options.protocolV2 ?? true);
    else response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end('Who are you?\n');
  };
  const server = options.tls ? createTlsServer(options.tls, answer) : createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const { port } = server.address() as AddressInfo;
  const url = `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`;

  async function stop(): Promise<void> {
    if (server.listening) {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    }
    if (!options.root) await rm(root, { recursive: true, force: true, maxRetries: 10 });
  }

  return {
    url,
    port,
    root,
    requests,
    createRepo: (name, files, repoOptions) =>
      createRepo(join(root, `${name}.git`), `${url}/${name}.git`, files, repoOptions),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function createRepo(
  dir: string,
  url: string,
  files: Record<string, string>,
  { branch = 'main', anySha = true, filter = true }: GitRepoOptions = {},
): Promise<GitRepo> {
  await mkdir(dir, { recursive: true });
  const git = (...args: string[]) => runGit(dir, args);
  await git('init', '--quiet', `--initial-branch=${branch}`);
  await git('config', 'uploadpack.allowAnySHA1InWant', String(anySha));
  await git('config', 'uploadpack.allowFilter', String(filter));
  const repo: GitRepo = {
    url,
    dir,
    git,
    async commit(changes, message = 'Change something') {
      for (const [path, content] of Object.entries(changes)) {
        await mkdir(dirname(join(dir, path)), { recursive: true });
        await writeFile(join(dir, path), content);
      }
      await git('add', '--all', '--force');
      await git('commit', '--quiet', '--allow-empty', `--message=${message}`);
      return git('rev-parse', 'HEAD');
    },
  };
  if (Object.keys(files).length > 0) await repo.commit(files, 'First commit');
  return repo;
}

async function runGit(cwd: string, args: string[]): Promise<string> {
  const child = spawn('git', args, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  const [out, complaint] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await closed;
  if (code !== 0) throw new Error(`git ${args.join(' ')} in ${cwd} ended with ${code}: ${complaint}`);
  return out.trim();
}

function isWelcome({ headers }: IncomingMessage, auth: GitServerOptions['auth']): boolean {
  if (!auth) return true;
  return headers.authorization === `Basic ${Buffer.from(`${auth.user}:${auth.password}`).toString('base64')}`;
}

/** One request through git's own CGI program. */
function runBackend(
  request: IncomingMessage,
  response: ServerResponse,
  root: string,
  protocolV2: boolean,
): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://server');
  const header = (name: string): string => String(request.headers[name] ?? '');
  const backend = spawn('git', ['http-backend'], {
    env: {
      ...environment,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: decodeURIComponent(pathname),
      QUERY_STRING: searchParams.toString(),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: header('content-type'),
      ...(request.headers['content-length'] ? { CONTENT_LENGTH: header('content-length') } : {}),
      HTTP_CONTENT_ENCODING: header('content-encoding'),
      ...(protocolV2 ? { GIT_PROTOCOL: header('git-protocol') } : {}),
      REMOTE_ADDR: '127.0.0.1',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  backend.stdin.on('error', () => {}); // It may answer before it has read all.
  request.pipe(backend.stdin);
  response.on('close', () => backend.kill());
  passOn(backend.stdout, response);
}

/** A CGI program's answer: header lines, an empty line, the body. */
function passOn(output: NodeJS.ReadableStream, response: ServerResponse): void {
  let head = Buffer.alloc(0);
  const readHead = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    const fields = head
      .toString('latin1', 0, end)
      .split('\r\n')
      .map((line) => line.split(/: (.*)/s) as [string, string]);
    const status = fields.find(([name]) => name.toLowerCase() === 'status')?.[1];
    response.writeHead(Number.parseInt(status ?? '200', 10), Object.fromEntries(fields));
    response.write(head.subarray(end + 4));
    output.off('data', readHead);
    output.pipe(response);
  };
  output.on('data', readHead);
  output.on('end', () => response.end());
}
