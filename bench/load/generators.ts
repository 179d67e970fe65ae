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

const OPEN_RATE = 5000;

/** The same test, begun when a plan says so: no more than a few requests are there at a time, and each wakes the loop. */
export const marteauOpen: Generator = {
  name: `marteau, open model, ${OPEN_RATE}/s`,
  needs: null,
  start: (work) => startMarteau({ ...work, rate: OPEN_RATE }),
};

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

/** Measured where they are installed. */
export const others = [hey, oha, k6].filter(({ needs }) => isThere(needs!));
