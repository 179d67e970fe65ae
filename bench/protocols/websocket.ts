import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTempFolder, freePort, waitUntil } from '@marteau/testkit';
import { median, type Row } from '../bench.ts';
import { costPer } from '../load/cost.ts';
import { startMarteau } from '../load/marteau.ts';
import { start } from '../load/program.ts';
import type { Part } from './part.ts';

const SOCKETS = 1000;
const BYTES = 100;
const ROUND_TRIPS = 100;
/** Within the 20,000 files that many systems let a process have open. */
const IDLE = 15_000;
const OPENING_MS = 120_000;
const RAMP_MS = 20_000;
const SETTLE_MS = 10_000;

const echoScript = (url: string) => `
  import { once } from 'node:events';
  import { before, test } from 'node:test';
  import { reply } from 'marteau';
  const text = 'x'.repeat(${BYTES});
  let socket;
  before(async () => {
    socket = new WebSocket('${url}');
    await once(socket, 'open');
  });
  test('echo', async () => {
    for (let n = 0; n < ${ROUND_TRIPS}; n += 1) {
      socket.send(text);
      await reply(socket, text);
    }
  });`;

const idleScript = (url: string) => `
  import { once } from 'node:events';
  import { before, test } from 'node:test';
  let socket;
  before(async () => {
    ${url === '' ? '' : `socket = new WebSocket('${url}');\n    await once(socket, 'open');`}
  });
  test('is idle', () => new Promise((resolve) => setTimeout(resolve, 300_000)));`;

interface EchoServer extends AsyncDisposable {
  readonly url: string;
  /** Messages said back so far; sockets that are open. */
  echoed(): Promise<number>;
  open(): Promise<number>;
}

async function startEcho(): Promise<EchoServer> {
  const port = await freePort();
  const program = start('target', process.execPath, [
    join(import.meta.dirname, 'echo-server.ts'),
    String(port),
  ]);
  const told = async (n: number) =>
    Number((await (await fetch(`http://127.0.0.1:${port}/`)).text()).split(' ')[n]);
  await waitUntil('the echo', () =>
    told(0).then(
      () => true,
      () => false,
    ),
  );
  return {
    url: `ws://127.0.0.1:${port}/echo`,
    echoed: () => told(0),
    open: () => told(1),
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

/** Resident memory of a process, bytes. */
function memoryOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;
}

type Start = typeof startMarteau;

async function echoCost(startOne: Start, server: EchoServer, folder: string) {
  const { url } = server;
  const work = { url: url.replace('ws', 'http'), folder, script: echoScript(url), users: SOCKETS };
  await using program = await startOne(work);
  await opened(server, SOCKETS);
  return await costPer(program, server.echoed);
}

async function loopCost(server: EchoServer) {
  const args = [join(import.meta.dirname, 'ws-loop.ts'), server.url, String(SOCKETS), String(BYTES)];
  await using program = start('generator', process.execPath, args);
  await opened(server, SOCKETS);
  return await costPer(program, server.echoed);
}

const opened = ({ open }: EchoServer, count: number) =>
  waitUntil(`${count} sockets`, async () => (await open()) >= count, { deadlineMs: OPENING_MS });

/** Bytes for each socket: what users with one take more than users without, once all are there. */
async function idleBytes(startOne: Start, server: EchoServer, folder: string): Promise<number> {
  const url = server.url.replace('ws', 'http');
  const settled = async (script: string, sockets: number): Promise<number> => {
    await using program = await startOne({ url, folder, script, users: IDLE, rampMs: RAMP_MS });
    await sleep(RAMP_MS);
    await opened(server, sockets);
    await sleep(SETTLE_MS);
    return memoryOf(program.pid);
  };
  const without = await settled(idleScript(''), 0);
  return ((await settled(idleScript(server.url), IDLE)) - without) / IDLE;
}

/** A thousand sockets that echo, and fifteen thousand that do nothing. */
export const websocket: Part = {
  goals: {
    ws_echo_vs_ws: { better: 'lower', goal: 1.5, must: 2 },
    ws_idle_kb: { better: 'lower', goal: 25 },
  },
  async run({ rounds, say }) {
    await using folder = await createTempFolder();
    await using server = await startEcho();
    const ours: number[] = [];
    const loops: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      say(`round ${round} of ${rounds}: echo over ${SOCKETS} WebSockets`);
      ours.push((await echoCost(startMarteau, server, folder.path)).cpu);
      loops.push((await loopCost(server)).cpu);
    }
    say(`${IDLE} idle WebSockets`);
    const idle = (await idleBytes(startMarteau, server, folder.path)) / 1024;
    const each = (generator: string, value: number): Row => ({
      case: `WebSocket, echo of ${BYTES} bytes over ${SOCKETS}: ${generator}`,
      metric: 'CPU per round trip',
      value,
      unit: 'µs',
    });
    return {
      rows: [
        each('marteau, reply()', median(ours)),
        each('the loop of ws', median(loops)),
        { case: `${IDLE} idle WebSockets`, metric: 'memory of each', value: idle, unit: 'KB' },
      ],
      ratios: { ws_echo_vs_ws: median(ours) / median(loops), ws_idle_kb: idle },
    };
  },
  async round({ tree }) {
    const theirs: typeof import('../load/marteau.ts') = await import(join(tree, 'bench/load/marteau.ts'));
    await using folder = await createTempFolder();
    await using server = await startEcho();
    const { cpu } = await echoCost(theirs.startMarteau, server, folder.path);
    return [{ case: 'WebSocket, echo', metric: 'CPU per round trip', value: cpu, unit: 'µs' }];
  },
};
