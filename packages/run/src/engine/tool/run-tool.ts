import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { type Exit, ForeignFileError, readForeignFile } from '@marteau/launch';
import { MarteauError } from '@marteau/shared';
import type { Hear, Invocation, Output, OwnThreshold, Reading, Tool } from '@marteau/tools';
import type { EngineShare, Running } from '../engine.ts';
import { removeInside, writeInside } from './inside.ts';
import { mixedOutput, wholeOutput } from './mixed-output.ts';
import { overheard } from './overheard.ts';
import { tail } from './tail.ts';
import type { WatchedTree } from './watch-tree.ts';

const MOST_SUMMARY_BYTES = 16 << 20;
/** ms that a tool has to end by itself and write what it measured, once the load is to stop. */
const STOP_GRACE_MS = 15_000;

interface ToolRun {
  readonly tool: Tool;
  readonly invocation: Invocation;
  readonly share: EngineShare;
  readonly running: Pick<Running, 'launch' | 'signal' | 'read'>;
  readonly reading: Reading;
  readonly tree: WatchedTree;
  readonly hear: Hear;
  /** Ends it early, and keeps what was measured. */
  readonly stopped: AbortSignal;
  /** No process of this share has run before it. */
  readonly isFirst: boolean;
}

/** How one process of a tool ended. */
export interface ToolEnd {
  readonly exit: Exit;
  readonly thresholds: readonly OwnThreshold[];
  /** The last that it said on its console. */
  readonly said: string;
}

/**
 * Starts a tool, reads what it measures while it runs, and resolves when it has ended and all is read.
 * @throws MarteauError tool-results-*; the signal's reason
 */
export async function runTool({ tool, invocation, ...run }: ToolRun): Promise<ToolEnd> {
  const { share, running, reading, tree, hear, stopped } = run;
  const { places, env, out } = share;
  const { launch, signal, read } = running;
  const { file, args, output, files = {}, summary } = invocation;
  const root = places.base ?? places.tree;
  for (const [name, text] of Object.entries(files)) await writeInside(join(out, name), text, running);
  if (output?.file) {
    // What the process before it wrote has been read.
    if (run.isFirst) await refuseOld(output.file);
    else await removeInside(output.file, running);
  }
  if (summary !== undefined && !run.isFirst) await removeInside(summary, running);
  signal.throwIfAborted();

  const program = launch({ file, args, cwd: places.wdir, env: { ...env, ...invocation.env }, signal });
  tree.watch(program.pid);
  const stop = (): void => void program.stop({ graceMs: STOP_GRACE_MS });
  stopped.addEventListener('abort', stop, { once: true });
  if (stopped.aborted) stop();
  let said = '';
  const judged: OwnThreshold[] = [];
  const listen = (line: string): void => {
    if (line.trim() !== '') said = line.trim().slice(0, MOST_SAID);
    tool.overhear?.(line, hear, Date.now() - reading.startedAt);
    const threshold = tool.judges?.(line);
    if (threshold) judged.push(threshold);
  };
  const reader = output?.format.reader(hear, reading);
  const results = output?.file ? tail(finderOf(output), rootOf(output.file, { root, out }), reader!) : null;
  const { forPeople, taken } = standardOutput(program.stdout, output, reader);
  const console = read(overheard(forPeople, listen), overheard(program.stderr, listen));
  try {
    const exit = await program.exited;
    await taken;
    await console;
    await results?.finish();
    signal.throwIfAborted();
    const inSummary = summary === undefined ? [] : await thresholdsOf(tool, summary, out);
    return { exit, said, thresholds: [...judged, ...inSummary] };
  } finally {
    stopped.removeEventListener('abort', stop);
    await results?.finish().catch(() => {});
  }
}

const MOST_SAID = 500;

/** Looks for the file of an output: itself, or the newest of its name in the folders of a folder. */
function finderOf({ file, within }: Output): () => Promise<string | null> {
  if (within === undefined) return async () => file;
  return async () => {
    const entries = await readdir(file!, { withFileTypes: true }).catch(() => []);
    // Their names end in the moment at which they were made.
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    const last = folders.toSorted((a, b) => momentOf(a) - momentOf(b)).at(-1);
    return last === undefined ? null : join(file!, last, within);
  };
}

/** The number at the end of a folder's name; 0 where there is none. */
function momentOf(name: string): number {
  return Number(/\d+$/.exec(name)?.[0] ?? 0);
}

function standardOutput(
  stdout: NodeJS.ReadableStream & import('node:stream').Readable,
  output: Output | null,
  reader: ReturnType<Output['format']['reader']> | undefined,
) {
  if (output === null || output.file !== null || reader === undefined)
    return { forPeople: stdout, taken: Promise.resolve() };
  if (output.isMixed) {
    const { rest, read } = mixedOutput(stdout, reader);
    return { forPeople: rest, taken: read };
  }
  return { forPeople: new PassThrough().end(), taken: wholeOutput(stdout, reader) };
}

/** What a command writes lies in the project's folder; what a tool is told to write, in the engine's. */
function rootOf(file: string, { root, out }: { root: string; out: string }): string {
  return file.startsWith(`${out}/`) ? out : root;
}

async function refuseOld(file: string): Promise<void> {
  // Whatever stands there, also a link or a folder.
  const old = await lstat(file).catch(() => null);
  if (old !== null) throw new MarteauError('tool-results-exist', { file });
}

async function thresholdsOf(tool: Tool, summary: string, out: string): Promise<OwnThreshold[]> {
  try {
    const text = await readForeignFile(summary, MOST_SUMMARY_BYTES, out);
    return text === null ? [] : (tool.thresholdsIn?.(text.toString('utf8')) ?? []);
  } catch (error) {
    if (error instanceof ForeignFileError || error instanceof SyntaxError) return [];
    throw error;
  }
}
