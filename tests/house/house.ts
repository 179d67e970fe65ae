import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Run, RunState } from '@marteau/shared';
import {
  type AppProcess,
  createTempFolder,
  type GitServer,
  markProcesses,
  type ProcessMark,
  startApp,
  startGitServer,
  startRedis,
  type TestRedis,
  waitUntil,
} from '@marteau/testkit';

interface HouseOptions {
  /** Added to the environment of web and workers. */
  env?: Record<string, string>;
  /** How many workers; 1. */
  workers?: number;
  /** Where it keeps everything, in `data` and `tmp`; a temporary folder, if not given. */
  folder?: string;
  /** A folder with the append-only file that its Redis begins with. */
  redisFrom?: string;
  /** Whom the git server serves; everybody, if not given. */
  gitAuth?: { user: string; password: string };
}

/** A run as the API tells it. */
export type ApiRun = Omit<Run, 'deliveries'> & {
  mails: { to: string; state: string; detail: string }[];
  reportUrl: string | null;
  queue: unknown;
};

/** A whole Marteau of one test's own: Redis, git server, web and workers, each a real process. */
export interface House extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` of the web. */
  url: string;
  data: string;
  git: GitServer;
  redis: TestRedis;
  web: AppProcess;
  workers: AppProcess[];
  /** Finds what the house has started, wherever it went. */
  mark: ProcessMark;
  /** @param more added to its environment */
  startWorker(name?: string, more?: Record<string, string>): Promise<AppProcess>;
  startWeb(): Promise<AppProcess>;
  /** POST or GET of the API; rejects with the answer's text when it is no success. */
  api<T>(method: string, path: string, body?: unknown): Promise<T>;
  submit(repo: string, more?: Record<string, unknown>): Promise<string>;
  run(id: string): Promise<ApiRun>;
  /** Waits until the run is in this state. */
  reaches(id: string, state: RunState, deadlineMs?: number): Promise<ApiRun>;
  /** Waits until the run has ended. */
  ends(id: string, deadlineMs?: number): Promise<ApiRun>;
  /** Waits for something that this run brings about. */
  until(id: string, what: string, isThere: () => boolean, deadlineMs?: number): Promise<unknown>;
  /** Waits until the folder of the ended run is complete, and resolves with a file of it. */
  file(id: string, name: string): Promise<string>;
  /** Names of all files in the run's folder. */
  files(id: string): Promise<string[]>;
  /** No process but the house's own is left, and no work folder. */
  assertNothingLeft(): Promise<void>;
}

const ended: RunState[] = ['finished', 'cancelled', 'error'];

export async function openHouse(options: HouseOptions = {}): Promise<House> {
  const stack = new AsyncDisposableStack();
  try {
    return await build(options, stack);
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function build(
  { env = {}, workers = 1, folder: given, redisFrom, gitAuth }: HouseOptions,
  stack: AsyncDisposableStack,
): Promise<House> {
  const folder = given ?? stack.use(await createTempFolder('marteau-house-')).path;
  const mark = markProcesses({ folder });
  const redis = stack.use(await startRedis(redisFrom === undefined ? {} : { from: redisFrom }));
  const git = stack.use(await startGitServer({ auth: gitAuth }));
  const data = join(folder, 'data');
  const temp = join(folder, 'tmp');
  await mkdir(temp, { recursive: true });
  const common = {
    REDIS_URL: redis.url,
    MARTEAU_DATA: data,
    TMPDIR: temp,
    MARTEAU_ALLOW_PRIVATE: '1',
    MARTEAU_LOG: 'info',
    ...mark.env,
    ...env,
  };
  let port = '0';
  const started: AppProcess[] = [];
  stack.defer(async () => {
    await Promise.all(started.map((app) => app.stop()));
  });

  const house: House = {
    url: '',
    data,
    git,
    redis,
    mark,
    web: undefined as unknown as AppProcess,
    workers: [],
    async startWeb() {
      const web = await startApp('apps/web/src/server.ts', { env: { ...common, PORT: port } });
      started.push(web);
      house.web = web;
      house.url = web.url!;
      port = new URL(house.url).port;
      return web;
    },
    async startWorker(name = `node-${house.workers.length + 1}`, more = {}) {
      const worker = await startApp('apps/worker/src/main.ts', {
        env: { ...common, MARTEAU_NODE: name, MARTEAU_URL: env.MARTEAU_URL ?? house.url, ...more },
        deadlineMs: 180_000, // several that start at once on two busy cores
      });
      started.push(worker);
      house.workers.push(worker);
      return worker;
    },
    async api(method, path, body) {
      const response = await fetch(`${house.url}/api/v1${path}`, {
        method,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${response.status}: ${text}`);
      return text === '' ? null : JSON.parse(text);
    },
    async submit(repo, more = {}) {
      const { id } = await house.api<{ id: string }>('POST', '/runs', { repo, ...more });
      return id;
    },
    run: (id) => house.api('GET', `/runs/${id}`),
    reaches: (id, state, deadlineMs = 30_000) =>
      runWhere(house, id, state, (run) => run.state === state, deadlineMs),
    ends: (id, deadlineMs = 60_000) =>
      runWhere(house, id, 'over', (run) => ended.includes(run.state), deadlineMs),
    until: (id, what, isThere, deadlineMs = 30_000) => runWhere(house, id, what, isThere, deadlineMs),
    async file(id, name) {
      const path = `${house.url}/runs/${id}/files/`;
      await waitUntil(`${name} in the folder of ${id}`, async () => (await fetch(`${path}run.json`)).ok);
      const response = await fetch(path + name);
      if (!response.ok) throw new Error(`${name} of ${id}: ${response.status} ${await response.text()}`);
      return response.text();
    },
    files: (id) => readdir(join(data, 'runs', id), { recursive: true }),
    async assertNothingLeft() {
      const own = new Set([process.pid, ...started.map(({ pid }) => pid)]);
      await waitUntil('foreign programs to be gone', () => mark.alive().every(({ pid }) => own.has(pid)), {
        deadlineMs: 10_000,
      });
      // Those of a worker that was killed go with the sweeps of the others, once its lease is over.
      let left: string[] = [];
      const areGone = async (): Promise<boolean> => {
        left = await workFolders(temp);
        return left.length === 0;
      };
      await waitUntil('work folders to be gone', areGone).catch((error: Error) => {
        throw new Error(`${error.message}\nThere are: ${left.join(', ')}\n${logsOf(house)}`);
      });
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
  await house.startWeb();
  for (let i = 0; i < workers; i++) await house.startWorker();
  return house;
}

async function runWhere(
  house: House,
  id: string,
  what: string,
  isThere: (run: ApiRun) => boolean,
  deadlineMs: number,
): Promise<ApiRun> {
  let last: ApiRun | undefined;
  try {
    return await waitUntil(
      `run ${id} to be ${what}`,
      async () => {
        last = await house.run(id);
        return isThere(last) && last;
      },
      { deadlineMs },
    );
  } catch (error) {
    throw new Error(`${(error as Error).message}\nIt is: ${JSON.stringify(last)}\n${logsOf(house)}`);
  }
}

function logsOf(house: House): string {
  return house.workers.map((worker) => worker.output().slice(-4000)).join('\n---\n');
}

async function workFolders(temp: string): Promise<string[]> {
  // A web keeps the index of its search in one for as long as it lives.
  return (await readdir(temp)).filter(
    (name) => name.startsWith('marteau-') && !name.startsWith('marteau-search-'),
  );
}
