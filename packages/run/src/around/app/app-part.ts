import { setTimeout as sleep } from 'node:timers/promises';
import type { ResolvedFile } from '@marteau/file';
import type { Exit, Launched } from '@marteau/launch';
import { type Allowed, anywhere, freePort, NotAllowed, openOutside } from '@marteau/net';
import { MarteauError } from '@marteau/shared';
import type { Output } from '../../console/output.ts';
import type { Places } from '../../environment/foreign-env.ts';
import type { LaunchForeign } from '../../launch-foreign.ts';
import { runCommand } from '../commands/run-command.ts';
import type { AroundContext, AroundPart, Measured, Seen } from '../part.ts';
import { openProfiler } from './profile/profiler.ts';

const LOOK_EVERY_MS = 50;
const ANSWER_WITHIN_MS = 5000;

/** The app of this repository: the target, unless the file names another. @param isProfiled where it spends its time is sampled */
export function appPart(
  { nodes }: ResolvedFile,
  app: NonNullable<ResolvedFile['app']>,
  isProfiled = false,
): AroundPart {
  return {
    name: 'app',
    async start(context) {
      const { places, env, console, phase, signal, deadlines, launch, network, listen, allowed, onFault } =
        context;
      phase.say('starting the app');
      await using stack = new AsyncDisposableStack();
      const profiler = isProfiled ? openProfiler(context) : null;
      stack.defer(() => profiler?.stop());
      const { url, stop } = await startApp({
        app,
        places,
        // Many apps listen there; one that others have to reach must not keep to loopback.
        env: { ...(listen !== undefined && { HOST: listen }), ...env, ...profiler?.env },
        console,
        launch,
        network,
        signal,
        allowed,
        setupDeadlineMs: deadlines.install,
        onDeath: (detail) => {
          console.say(detail);
          onFault({ kind: 'app', title: 'App ended', detail, duration: 0 });
        },
      });
      stack.defer(stop);
      const where =
        nodes.count > 1
          ? 'on a node of its own, which generated no load'
          : 'on the machine that generated the load';
      const facts = { App: `${app.command}, ${where}` };
      const kept = stack.move();
      return {
        env: {},
        target: url,
        doors: [{ what: 'the app', at: new URL(url).host }],
        facts,
        stop: () => kept.disposeAsync(),
        ...(profiler && {
          loadBegins: () => profiler.begin(),
          async note<M extends Measured>(measured: M): Promise<M & Seen> {
            await profiler.end();
            return measured;
          },
        }),
      };
    },
  };
}

interface AppOptions {
  app: NonNullable<ResolvedFile['app']>;
  places: Places;
  env: Readonly<Record<string, string>>;
  console: Output;
  launch: LaunchForeign;
  network: AroundContext['network'];
  signal: AbortSignal;
  allowed: Allowed;
  /** For `setup`, ms. */
  setupDeadlineMs: number;
  /** Called with a sentence when it ends although nobody stopped it. */
  onDeath: (sentence: string) => void;
}

/** The app of this repository, started for one run. */
interface RunningApp {
  /** `http://127.0.0.1:PORT`: the target unless the file names one. */
  url: string;
  stop(): Promise<void>;
}

/**
 * Starts the app with a free PORT and waits until it is ready. It dies with the run.
 * @throws MarteauError app-setup-failed, app-ended, app-not-ready; the signal's reason when it aborts
 */
async function startApp(options: AppOptions): Promise<RunningApp> {
  const { app, places, env, console, launch, signal, onDeath } = options;
  if (app.setup.length > 0) {
    const takeBack = await options.network.allowRegistries();
    await setUp(options);
    await takeBack();
  }
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  console.say(`Starting the app: ${app.command} (PORT=${port})`);
  const program = launch({
    file: '/bin/sh',
    // exec: what is asked to end is the app, not a shell around it.
    args: ['-c', isSimple(app.command) ? `exec ${app.command}` : app.command],
    cwd: places.wdir,
    env: { ...env, PORT: String(port) },
    signal,
  });
  const output = console.read('app', program.stdout, program.stderr);
  const running = {
    url,
    async stop() {
      await program.stop();
      await output;
    },
  };
  try {
    const ready = new URL(app.ready, url);
    const isOwn = ready.origin === url;
    await untilReady(program, ready, isOwn ? { ...options, allowed: anywhere } : options);
  } catch (error) {
    await running.stop();
    throw error;
  }
  program.exited.then(({ cause, sentence }) => {
    if (cause === 'exited') onDeath(`The app ended while the load ran: ${withoutShell(sentence)}.`);
  });
  return running;
}

async function setUp({
  app,
  places,
  env,
  console,
  launch,
  signal,
  setupDeadlineMs,
}: AppOptions): Promise<void> {
  for (const command of app.setup) {
    console.say(`Setting the app up: ${command}`);
    const exit = await runCommand(command, {
      cwd: places.wdir,
      env,
      console,
      from: 'app',
      launch,
      signal,
      deadlineMs: setupDeadlineMs,
    });
    signal.throwIfAborted();
    if (exit.code !== 0)
      throw new MarteauError('app-setup-failed', { command, detail: reasonOf(exit, command) });
  }
}

/** Looks until the ready address answers with a status below 400, or the app ends, or its time is over. */
async function untilReady(
  program: Launched,
  ready: URL,
  { app, signal, allowed }: AppOptions,
): Promise<void> {
  const deadline = performance.now() + app.timeoutMs;
  const looking = new AbortController();
  const ended = program.exited.then((exit) => {
    looking.abort();
    return exit;
  });
  let detail = 'did not answer';
  while (performance.now() < deadline) {
    const within = AbortSignal.timeout(
      Math.ceil(Math.max(1, Math.min(ANSWER_WITHIN_MS, deadline - performance.now()))),
    );
    detail = await look(ready, AbortSignal.any([signal, looking.signal, within]), allowed);
    signal.throwIfAborted();
    if (looking.signal.aborted) {
      const exit = await ended;
      throw new MarteauError('app-ended', { command: app.command, detail: reasonOf(exit, app.command) });
    }
    if (detail === 'ready') return;
    await sleep(LOOK_EVERY_MS, undefined, { signal: AbortSignal.any([signal, looking.signal]) }).catch(
      () => {},
    );
  }
  throw new MarteauError('app-not-ready', {
    url: ready.href,
    seconds: Math.round(app.timeoutMs / 1000),
    detail,
  });
}

async function look(ready: URL, signal: AbortSignal, allowed: Allowed): Promise<string> {
  try {
    const { status, body } = await openOutside(ready, { signal, allowed });
    body.destroy();
    return status < 400 ? 'ready' : `answered ${status}`;
  } catch (error) {
    return error instanceof NotAllowed ? `was not asked: ${error.message}` : 'did not answer';
  }
}

/** A shell ends with 127 when it does not find the program: then that is what is missing here. */
function reasonOf(exit: Exit, command: string): string {
  const program = /^\s*(?:[A-Za-z_]\w*=\S*\s+)*([^\s;&|]+)/.exec(command)?.[1];
  if (exit.code === 127 && program) return `${program} is not on this node`;
  return withoutShell(exit.sentence);
}

function withoutShell(sentence: string): string {
  return sentence.replace(/^sh /, 'it ');
}

const BUILTINS =
  /^(?:[.:]|alias|cd|command|eval|exec|exit|export|read|set|shift|trap|type|ulimit|umask|unset|wait)$/;

/** One program with plain words: no shell has to stay around it. */
function isSimple(command: string): boolean {
  const [program = ''] = command.split(' ');
  return (
    /^[\w./@:=+,-]+( [\w./@:=+,-]+)*$/.test(command) && !program.includes('=') && !BUILTINS.test(program)
  );
}
