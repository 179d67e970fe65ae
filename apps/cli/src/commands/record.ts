import { resolve } from 'node:path';
import type { Command } from '../command.ts';
import { serve } from '../tapes/serve.ts';
import { commonOptions, readCommon } from '../tapes/stand-in-options.ts';

/** Records a session until Ctrl-C: of one server, or as a proxy of all that its clients ask. */
export const record: Command = {
  name: 'record',
  about: 'Record what a program asks of other servers, as a tape without secrets.',
  usage:
    'TAPE.REC|TAPE.HAR [--server https://api.example.com] [--listen HOST:PORT] [--secret PATTERN]… [--cap 5MB] [--upstream-ca FILE] [--insecure]',
  options: commonOptions,
  maxArguments: 1,
  run: (call, world) =>
    serve(
      call.arguments[0],
      (file) => ({ ...readCommon(call, world.cwd), mode: 'record', file: resolve(world.cwd, file) }),
      world,
    ),
};
