import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startMarteau } from './marteau.ts';
import { isThere, type Program, start } from './program.ts';

/** What is asked of every generator. */
export interface Work {
  readonly url: string;
  /** POSTed as application/json; null for GET. */
  readonly body: string | null;
  readonly folder: string;
  /** Of Marteau: the script. */
  readonly script: string;
}

export interface Generator {
  readonly name: string;
  /** The command without which it is left out. */
  readonly needs: string | null;
  start(work: Work): Promise<Program>;
}

export const connections = 50;
const LONG = '600';
const root = join(import.meta.dirname, '..', '..');

export const marteau: Generator = { name: 'marteau', needs: null, start: startMarteau };

/** Starts a second of the open model: many, and as many as one node is to do. */
export const OPEN_RATE = 5000;
const HIGH_RATE = 20_000;

/** The same test, begun when a plan says so: no more than a few requests are there at a time. */
export const marteauOpen = openAt(OPEN_RATE);
export const marteauHigh = openAt(HIGH_RATE);

/** @param startOne of another version, where two are compared */
export function openAt(rate: number, startOne = startMarteau): Generator {
  return {
    name: `marteau, open model, ${rate}/s`,
    needs: null,
    start: (work) => startOne({ ...work, rate, users: 2 * connections }),
  };
}

export const wrk: Generator = {
  name: 'wrk',
  needs: 'wrk',
  async start({ url, body, folder }) {
    const args = ['-t1', `-c${connections}`, `-d${LONG}s`];
    if (body === null) return start('generator', 'wrk', [...args, url]);
    const lua = join(folder, 'post.lua');
    await writeFile(
      lua,
      `wrk.method = "POST"; wrk.headers["content-type"] = "application/json"; wrk.body = [[${body}]]`,
    );
    return start('generator', 'wrk', [...args, '-s', lua, url]);
  },
};

export const autocannon: Generator = {
  name: 'autocannon',
  needs: null,
  async start({ url }) {
    const program = join(root, 'node_modules', 'autocannon', 'autocannon.js');
    return start('generator', process.execPath, [program, '-c', String(connections), '-d', LONG, '-n', url]);
  },
};

/** The same loop as Marteau's script, by hand: fifty times request, check, and the body thrown away. */
export const undici: Generator = {
  name: 'undici request',
  needs: null,
  async start({ url }) {
    return start('generator', process.execPath, [
      join(import.meta.dirname, 'undici-loop.ts'),
      url,
      String(connections),
    ]);
  },
};

const hey: Generator = {
  name: 'hey',
  needs: 'hey',
  async start({ url }) {
    return start('generator', 'hey', ['-c', String(connections), '-z', `${LONG}s`, url]);
  },
};

const oha: Generator = {
  name: 'oha',
  needs: 'oha',
  async start({ url }) {
    return start('generator', 'oha', ['--no-tui', '-c', String(connections), '-z', `${LONG}s`, url]);
  },
};

const k6: Generator = {
  name: 'k6',
  needs: 'k6',
  async start({ url, folder }) {
    const script = join(folder, 'k6.js');
    await writeFile(
      script,
      `import http from 'k6/http'; import { check } from 'k6';
       export default () => check(http.get('${url}'), { ok: (r) => r.status === 200 });`,
    );
    return start('generator', 'k6', [
      'run',
      '--quiet',
      '--vus',
      String(connections),
      '--duration',
      `${LONG}s`,
      script,
    ]);
  },
};

const vegetaOpen: Generator = {
  name: `vegeta, ${OPEN_RATE}/s`,
  needs: 'vegeta',
  async start({ url, folder }) {
    const targets = join(folder, 'vegeta.txt');
    await writeFile(targets, `GET ${url}\n`);
    const args = [`-targets=${targets}`, `-rate=${OPEN_RATE}`, `-duration=${LONG}s`, '-output=/dev/null'];
    return start('generator', 'vegeta', ['attack', ...args]);
  },
};

const ohaOpen: Generator = {
  name: `oha, ${OPEN_RATE}/s`,
  needs: 'oha',
  async start({ url }) {
    const args = ['--no-tui', '-c', String(connections), '-q', String(OPEN_RATE), '-z', `${LONG}s`, url];
    return start('generator', 'oha', args);
  },
};

const k6Open: Generator = {
  name: `k6, ${OPEN_RATE}/s`,
  needs: 'k6',
  async start({ url, folder }) {
    const script = join(folder, 'k6-open.js');
    await writeFile(
      script,
      `import http from 'k6/http'; import { check } from 'k6';
       export const options = { scenarios: { open: { executor: 'constant-arrival-rate', rate: ${OPEN_RATE}, timeUnit: '1s',
         duration: '${LONG}s', preAllocatedVUs: ${connections}, maxVUs: ${4 * connections} } } };
       export default () => check(http.get('${url}'), { ok: (r) => r.status === 200 });`,
    );
    return start('generator', 'k6', ['run', '--quiet', script]);
  },
};

const areThere = (all: readonly Generator[]) => all.filter(({ needs }) => isThere(needs!));

/** Measured where they are installed. */
export const others = areThere([hey, oha, k6]);
/** The same of those that begin requests at a rate. */
export const othersAtRate = areThere([vegetaOpen, ohaOpen, k6Open]);
