import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { launch } from '@marteau/launch';
import { startWireProcess } from '@marteau/replay';
import { freePort, waitUntil } from '@marteau/testkit';
import { median, type Row } from '../bench.ts';
import { startNginx } from '../load/nginx.ts';
import { processorTime } from '../load/processor-time.ts';
import { isThere } from '../load/program.ts';

const CONNECTIONS = 10;
const SECONDS = 3;

/** What a proxy takes of a processor for a request, by turns with haproxy where that is there. */
export async function wireCosts(
  folder: string,
  rounds: number,
  say: (line: string) => void,
): Promise<{ rows: Row[]; ratio: number | null }> {
  await using target = await startNginx(folder);
  let pid = 0;
  await using wire = await startWireProcess({
    order: { server: target.http, marks: { 'x-marteau-run': 'bench' }, insecure: false, rates: {} },
    launch(spec) {
      const launched = launch(spec);
      pid = launched.pid!;
      return launched;
    },
    signal: new AbortController().signal,
    onDeath: say,
  });
  const taking = setInterval(() => void wire.take(), 200);
  await using haproxy = isThere('haproxy') ? await startHaproxy(target.http, folder) : null;
  if (haproxy === null) say('haproxy is not on the path, so it is left out');
  const ours: number[] = [];
  const theirs: number[] = [];
  const cost = async (url: string, of: number): Promise<number> => {
    const before = { used: processorTime(of), asked: await target.requests() };
    await load(url);
    return (processorTime(of) - before.used) / ((await target.requests()) - before.asked - 1);
  };
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await cost(wire.begun.url, pid));
    if (haproxy) theirs.push(await cost(haproxy.url, haproxy.pid));
  }
  clearInterval(taking);
  const row = (name: string, values: number[]): Row[] =>
    values.length === 0
      ? []
      : [{ case: name, metric: 'processor per request', value: median(values), unit: 'µs' }];
  return {
    rows: [...row('at the wire', ours), ...row('haproxy', theirs)],
    ratio: theirs.length === 0 ? null : median(ours.map((value, round) => value / theirs[round]!)),
  };
}

async function load(url: string): Promise<void> {
  const program = spawn('wrk', ['-t1', `-c${CONNECTIONS}`, `-d${SECONDS}s`, `${url}/json`], {
    stdio: 'ignore',
  });
  await once(program, 'exit');
}

async function startHaproxy(server: string, folder: string) {
  const port = await freePort();
  const path = join(folder, 'wire-haproxy.cfg');
  await writeFile(
    path,
    `global
  nbthread 1
defaults
  mode http
  timeout connect 5s
  timeout client 1m
  timeout server 1m
listen p
  bind 127.0.0.1:${port}
  http-request set-header X-Marteau-Run bench
  server s ${new URL(server).host}
`,
  );
  const check = spawnSync('haproxy', ['-c', '-f', path], { encoding: 'utf8' });
  if (check.status !== 0) throw new Error(check.stderr);
  const child = spawn('haproxy', ['-db', '-f', path], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  await waitUntil('haproxy to answer', () =>
    fetch(url).then(
      () => true,
      () => false,
    ),
  );
  return {
    url,
    pid: child.pid!,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
