import { randomUUID } from 'node:crypto';
import { figuresOf, type RunSummary } from '@marteau/shared';
import type { Command, Options } from '../command.ts';
import { CommandError } from '../errors/command-error.ts';
import { exitCodeOf } from '../errors/in-words.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { CHOICE_USAGE, choiceOptions, choicesExplained, choicesOf } from '../run/choices.ts';
import { openDisplay } from '../show/open-display.ts';
import { follow, type RemoteRun } from '../submit/follow.ts';
import { openServer } from '../submit/server.ts';
import { whatToSubmit } from '../submit/what-to-submit.ts';
import type { World } from '../world.ts';

const LOCAL_SERVER = 'http://127.0.0.1:3000';

/** Puts a run into a server's queue, and waits for its end if wanted. */
export const submit: Command = {
  name: 'submit',
  about: "Put a run into a Marteau server's queue, and wait for its verdict if you want.",
  usage: `[DIR|URL] [--server URL] [--ref REF] ${CHOICE_USAGE} [--email ADDRESS] [--wait] [--key KEY] [--json] [--quiet]`,
  options: {
    ...choiceOptions,
    server: { type: 'string' },
    ref: { type: 'string' },
    email: { type: 'string' },
    wait: { type: 'boolean' },
    key: { type: 'string' },
    json: { type: 'boolean' },
    quiet: { type: 'boolean' },
  },
  explains: {
    '--server URL': 'the server; MARTEAU_URL unless given, else http://127.0.0.1:3000',
    '--ref REF': 'of an address: this branch, tag or commit',
    ...choicesExplained,
    '--email ADDRESS': 'who gets the mail',
    '--wait': 'show the run as it goes on, and end by its verdict',
    '--key KEY': 'the same key again is the same run: for a pipeline that is started again',
    '--json': 'one JSON object in place of sentences',
    '--quiet': 'no progress',
  },
  maxArguments: 1,
  async run({ arguments: [where = '.'], options }, world) {
    const signal = leaving(world);
    const server = openServer({
      url: text(options, 'server') ?? world.env.MARTEAU_URL ?? LOCAL_SERVER,
      token: world.env.MARTEAU_ACCESS_TOKEN,
      signal,
    });
    const { repo, ref, note } = await whatToSubmit(where, text(options, 'ref'), world, signal);
    if (note !== null && !options.quiet) world.err(`${note}\n`);
    const { profile, overrides } = choicesOf(options);
    const email = text(options, 'email');
    const submitted = await server.json<Pick<RemoteRun, 'id' | 'url'>>('/api/v1/runs', {
      method: 'POST',
      // With a key a request that is tried again is the same run.
      headers: { 'idempotency-key': text(options, 'key') ?? randomUUID() },
      body: { repo, ...(ref && { ref }), ...(profile && { profile }), ...(email && { email }), overrides },
    });
    if (!options.wait) {
      world.out(options.json ? `${JSON.stringify({ v: 1, ...submitted })}\n` : `${submitted.url}\n`);
      return exitCodes.pass;
    }
    world.err(`${submitted.url}\n`);
    const display = openDisplay(world, { quiet: options.quiet === true });
    try {
      const run = await follow(server, submitted.id, display, signal);
      display.close();
      return tell(run, options, world);
    } catch (error) {
      display.close();
      if (signal.aborted) throw new CommandError(`The run goes on at ${submitted.url}`, exitCodes.cancelled);
      throw error;
    }
  },
};

/** Either Ctrl-C: the run is the server's, and only the waiting ends. */
function leaving({ enough, signal }: World): AbortSignal {
  return AbortSignal.any([enough, signal]);
}

function tell(run: RemoteRun, options: Options, world: World): ExitCode {
  const { id, url, state, verdict, reason, reasonCode, reportUrl, summary } = run;
  const exitCode = exitCodeFor(run);
  if (options.json) {
    const told = { v: 1, id, url, state, exitCode, verdict, reason, code: reasonCode, summary, reportUrl };
    world.out(`${JSON.stringify(told)}\n`);
    return exitCode;
  }
  const words = reason ?? (summary && summaryInWords(summary)) ?? '';
  world.out(`${(verdict ?? state).toUpperCase()}  ${words}`.trimEnd());
  world.out('\n');
  world.out(reportUrl === null ? `Run: ${url}\n` : `Report: ${reportUrl}\n`);
  return exitCode;
}

function summaryInWords(summary: RunSummary): string {
  const { requests, rate, p95, errors } = figuresOf(summary);
  return `${requests} requests, ${rate}, p95 ${p95}, ${errors} errors`;
}

function exitCodeFor({ state, verdict, reasonCode }: RemoteRun): ExitCode {
  if (verdict !== null) return exitCodes[verdict];
  return state === 'cancelled' ? exitCodes.cancelled : exitCodeOf(reasonCode);
}

function text(options: Options, name: string): string | null {
  const value = options[name];
  return typeof value === 'string' ? value : null;
}
