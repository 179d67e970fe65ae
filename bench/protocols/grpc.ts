import { join } from 'node:path';
import { createTempFolder, freePort, waitUntil } from '@marteau/testkit';
import { median, type Row } from '../bench.ts';
import { costPer } from '../load/cost.ts';
import { startMarteau } from '../load/marteau.ts';
import { start } from '../load/program.ts';
import type { Part } from './part.ts';

const CLIENTS = 50;
const BYTES = 100;

const here = (file: string) => join(import.meta.dirname, file);

/** Each user with a client of its own, as somebody who runs the file has one. */
const scriptOf = (target: string) => `
  import { after, test } from 'node:test';
  import { credentials, makeGenericClientConstructor } from ${JSON.stringify(import.meta.resolve('@grpc/grpc-js'))};
  import { service } from ${JSON.stringify(import.meta.resolve('./grpc-service.ts'))};
  const Echo = makeGenericClientConstructor(service, 'Echo');
  const client = new Echo('${target}', credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });
  after(() => client.close());
  const message = Buffer.alloc(${BYTES}, 'x');
  test('echo', () => new Promise((resolve, reject) => {
    client.get(message, (error, answer) => {
      if (error) reject(error);
      else if (answer.length === message.length) resolve();
      else reject(new Error('something else came back'));
    });
  }));`;

interface EchoService extends AsyncDisposable {
  readonly target: string;
  /** Calls so far. */
  calls(): Promise<number>;
}

async function startService(): Promise<EchoService> {
  const [port, told] = [await freePort(), await freePort()];
  const program = start('target', process.execPath, [here('grpc-server.ts'), String(port), String(told)]);
  const calls = async () => Number(await (await fetch(`http://127.0.0.1:${told}/`)).text());
  await waitUntil('the service', () =>
    calls().then(
      () => true,
      () => false,
    ),
  );
  return { target: `127.0.0.1:${port}`, calls, [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
}

const called = ({ calls }: EchoService) => waitUntil('calls', async () => (await calls()) > CLIENTS);

async function ourCost(startOne: typeof startMarteau, folder: string) {
  await using service = await startService();
  const work = { url: `http://${service.target}`, folder, script: scriptOf(service.target), users: CLIENTS };
  await using program = await startOne(work);
  await called(service);
  return await costPer(program, service.calls);
}

async function loopCost() {
  await using service = await startService();
  const args = [here('grpc-loop.ts'), service.target, String(CLIENTS), String(BYTES)];
  await using program = start('generator', process.execPath, args);
  await called(service);
  return await costPer(program, service.calls);
}

/** Unary calls of fifty clients, each on a connection. */
export const grpc: Part = {
  goals: { grpc_vs_grpc_js: { better: 'lower', goal: 1.2 } },
  async run({ rounds, say }) {
    await using folder = await createTempFolder();
    const ours: number[] = [];
    const loops: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      say(`round ${round} of ${rounds}: unary calls over gRPC`);
      ours.push((await ourCost(startMarteau, folder.path)).cpu);
      loops.push((await loopCost()).cpu);
    }
    const each = (generator: string, values: readonly number[]): Row => ({
      case: `gRPC, unary, ${BYTES} bytes: ${generator}`,
      metric: 'CPU per call',
      value: median(values),
      unit: 'µs',
    });
    return {
      rows: [each('marteau', ours), each('the loop of @grpc/grpc-js', loops)],
      ratios: { grpc_vs_grpc_js: median(ours) / median(loops) },
    };
  },
  async round({ tree }) {
    const theirs: typeof import('../load/marteau.ts') = await import(join(tree, 'bench/load/marteau.ts'));
    await using folder = await createTempFolder();
    const { cpu } = await ourCost(theirs.startMarteau, folder.path);
    return [{ case: 'gRPC, unary', metric: 'CPU per call', value: cpu, unit: 'µs' }];
  },
};
