import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { answerText, tools } from '@marteau/mcp';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { apiOf } from '../mcp/api-of.ts';
import { runHere } from '../mcp/run-here.ts';
import { openServer } from '../submit/server.ts';
import { version } from '../version.ts';

const LOCAL_SERVER = 'http://127.0.0.1:3000';

/** Speaks the Model Context Protocol on standard input and output, for assistants that start it themselves. */
export const mcp: Command = {
  name: 'mcp',
  about: 'Let a coding assistant use Marteau, by the Model Context Protocol on standard input and output.',
  usage: '[--server URL] [--allow-run]',
  options: { server: { type: 'string' }, 'allow-run': { type: 'boolean' } },
  explains: {
    '--server URL': 'the server; MARTEAU_URL unless given, else http://127.0.0.1:3000',
    '--allow-run': 'the assistant may run projects on this machine, too',
  },
  maxArguments: 0,
  async run({ options }, world) {
    const signal = AbortSignal.any([world.enough, world.signal]);
    const { server: given } = options;
    const url = typeof given === 'string' ? given : (world.env.MARTEAU_URL ?? LOCAL_SERVER);
    const server = openServer({ url, token: world.env.MARTEAU_ACCESS_TOKEN, signal });
    const asked = {
      version,
      tools: options['allow-run'] ? [...tools, runHere(world)] : tools,
      hands: { api: apiOf(server), signal, now: Date.now },
    };
    const lines = createInterface({ input: Readable.from(world.input), signal });
    const waiting = new Set<Promise<void>>();
    for await (const line of lines) {
      if (line.trim() === '') continue;
      // A long wait holds up nothing else.
      const work = answerText(line, asked).then((answer) => {
        if (answer !== null) world.out(`${JSON.stringify(answer)}\n`);
      });
      waiting.add(work);
      void work.finally(() => waiting.delete(work));
    }
    await Promise.all(waiting);
    return exitCodes.pass;
  },
};
