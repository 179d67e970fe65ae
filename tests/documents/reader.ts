import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createTempFolder, freePort, startTargetServer, waitUntil } from '@marteau/testkit';
import { type House, openHouse } from '../house/house.ts';
import { plainProject, scriptOf } from '../house/projects.ts';
import type { CommandBlock } from './command-blocks.ts';

const root = join(import.meta.dirname, '../..');
const formats = join(root, 'tests/formats');
const DEADLINE_MS = 300_000;

/** Somebody who types what the documents say, in a project of their own. */
export interface Reader extends AsyncDisposable {
  house: House;
  /** Types a block's commands. @returns all that they printed */
  type(block: Pick<CommandBlock, 'at' | 'page' | 'script' | 'until'>): Promise<string>;
  /** A file of the project that the reader has on this page. */
  read(page: string, file: string): string;
}

/** What a reader has by the time that a command is typed, by how it begins. */
const given: [command: string, files: () => Record<string, string>][] = [
  ['marteau replay', () => ({ 'tapes/pay.rec': readFileSync(join(formats, 'tape.rec'), 'utf8') })],
  ['marteau convert', () => ({ 'session.har': readFileSync(join(formats, 'tape.har'), 'utf8') })],
  ['marteau report', () => ({ 'results.json': readFileSync(join(formats, 'results-1.json'), 'utf8') })],
  [
    'marteau compare',
    () => {
      const results = readFileSync(join(formats, 'results-1.json'), 'utf8');
      return { 'before.json': results, 'after.json': results };
    },
  ],
  [
    '--import marteau',
    () => ({
      'loadtest/shop.test.ts': scriptOf("check('adds up', 1 + 1 === 2);", "import { check } from 'marteau';"),
    }),
  ],
  ['MARTEAU_TARGET=', () => ({ 'loadtest/home.test.ts': shownIn('docs/guide/writing-a-test.md') })],
];

function shownIn(page: string): string {
  return /```ts\n(.*?)```/s.exec(readFileSync(join(root, page), 'utf8'))![1]!;
}

/** A server of the reader's own, what its project is tested against, and names of the documents for both. */
export async function openReader({ workers }: { workers: number }): Promise<Reader> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await createTempFolder('marteau-reader-')).path;
  const target = stack.use(await startTargetServer());
  const house = stack.use(await openHouse({ workers }));
  const smoke = 'profiles: {smoke: {duration: 1s}}\n';
  const shop = await house.git.createRepo('shop', plainProject(target.url, smoke));
  const home = join(folder, 'home');
  mkdirSync(home);
  writeFileSync(join(home, '.curlrc'), 'silent\nfail-with-body\n');
  const marteau = join(folder, 'marteau');
  symlinkSync(root, marteau);
  const global = join(folder, 'global');
  const names: [documented: string, here: string][] = [
    ['https://staging.example.com', `${target.url}/hello`],
    ['https://payments.example.com', target.url],
    ['http://localhost:8080', `${target.url}/hello`],
    ['http://127.0.0.1:8080', `${target.url}/hello`],
    ['https://marteau.example.com', house.url],
    ['http://127.0.0.1:3000', house.url],
    ['http://localhost:3000', house.url],
    ['https://github.com/you/shop', shop.url],
    ['https://github.com/you/project', shop.url],
    ['https://git.example.com/tools/marteau', marteau],
    ['redis://:PASSWORD@queue.example.com:6379', house.redis.url],
    ['/mnt/marteau', house.data],
    ['127.0.0.1:6565', `127.0.0.1:${await freePort()}`],
  ];
  const here = (text: string): string => names.reduce((said, [a, b]) => said.replaceAll(a, b), text);
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    ...house.mark.env,
    HOME: home,
    PATH: [join(global, 'bin'), join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter),
    NODE_TEST_CONTEXT: undefined,
    REDIS_URL: undefined,
    PORT: String(await freePort()),
    MARTEAU_DATA: join(folder, 'data'),
    npm_config_prefix: global,
    npm_config_update_notifier: 'false',
  };

  const folderOf = (page: string): string => join(folder, page.replaceAll(/\W/g, '-'));
  const projectOf = async (page: string): Promise<string> => {
    const project = folderOf(page);
    if (existsSync(project)) return project;
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), '{"name": "mine", "type": "module"}');
    await promisify(execFile)('git', ['clone', '-q', shop.url, join(project, 'shop')]);
    return project;
  };

  const kept = stack.move();
  return {
    house,
    read: (page, file) => readFileSync(join(folderOf(page), file), 'utf8'),
    async type({ at, page, script, until }) {
      const isOurs = /^npm (run|start|test)/m.test(script);
      const project = await projectOf(page);
      for (const [, files] of given.filter(([command]) => script.includes(command)))
        for (const [path, text] of Object.entries(files())) {
          if (existsSync(join(project, path))) continue;
          mkdirSync(dirname(join(project, path)), { recursive: true });
          writeFileSync(join(project, path), text);
        }
      const submits = script.includes('marteau submit');
      const cwd = isOurs ? root : submits ? join(project, 'shop') : project;
      const shell = spawn('bash', ['-e', '-c', here(script)], { cwd, env, detached: true });
      let said = '';
      for (const stream of [shell.stdout, shell.stderr])
        stream.on('data', (chunk) => {
          said += chunk;
        });
      let isOver = false;
      const ended = once(shell, 'close').then(([code]) => {
        isOver = true;
        return code as number | null;
      });
      const isDone = () => isOver || (until !== null && said.includes(here(until)));
      await waitUntil(`${at} to come to its end`, isDone, { deadlineMs: DEADLINE_MS }).finally(() => {
        if (!isOver) process.kill(-shell.pid!, 'SIGINT');
      });
      if (until !== null) assert.ok(said.includes(here(until)), `${at} never said "${until}":\n${said}`);
      const code = await ended;
      // On a machine with other work a load may be invalid, and that is what its reader is told.
      const isWell = code === 0 || (code === 3 && said.includes('INVALID'));
      assert.ok(isWell || (until !== null && code !== 1), `${at} ended with ${code}:\n${said}`);
      return said;
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
