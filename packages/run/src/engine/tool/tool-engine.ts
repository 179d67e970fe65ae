import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ResolvedFile } from '@marteau/file';
import { ForeignFileError, readForeignFile } from '@marteau/launch';
import { labeller, type Source } from '@marteau/measure';
import { MarteauError, type Stage } from '@marteau/shared';
import {
  type Figures,
  type Hear,
  type Invocation,
  isNothing,
  type OwnThreshold,
  partOfStage,
  type Tool,
  type ToolWork,
  wireFigures,
} from '@marteau/tools';
import type { Engine, EngineShare, EngineWork, Running } from '../engine.ts';
import { recordedEngine } from '../recorded-engine.ts';
import { askVersion } from './ask-version.ts';
import { inspectedLength } from './inspect.ts';
import { runTool, type ToolEnd } from './run-tool.ts';
import { StageWindow } from './stage-window.ts';
import { WatchedTree } from './watch-tree.ts';
import { MeasuredWire } from './wire.ts';

const MOST_SCRIPT_BYTES = 4 << 20;

/** Somebody's load tool as the engine of a run: each stage of the load is one process of it. */
export function toolEngine(tool: Tool): Engine {
  return recordedEngine({
    name: tool.name,
    async plan(work, running) {
      const { file, mode } = work;
      if (mode !== 'load') throw new MarteauError('tool-mode', { tool: tool.title });
      const text = await scriptText(work);
      if (file.runner.isOwnPlan) {
        const needed = tool.needsLoad?.(text) ?? null;
        if (needed !== null) throw new MarteauError('tool-load', { detail: needed });
        if (file.nodes.count > 1 && !tool.dividesOwnPlan)
          throw new MarteauError('tool-nodes', { tool: tool.title, nodes: file.nodes.count });
        const inspected = await inspectedLength(tool, work, running);
        return { plan: null, lengthMs: inspected ?? tool.ownPlan(text).lengthMs };
      }
      const refused = file.load.plan.steps.flatMap((stage) =>
        stage.model === 'pause' ? [] : (tool.refuses(stage, text) ?? []),
      );
      if (refused[0] !== undefined) throw new MarteauError('tool-load', { detail: refused[0] });
      return file.load;
    },
    generate: (share, running, observe) => new ToolLoad(tool, share, running, observe).run(),
  });
}

/** One share of a tool's load. */
class ToolLoad {
  readonly #tool: Tool;
  readonly #share: EngineShare;
  readonly #running: Running;
  readonly #observe: Hear;
  readonly #stopped = new AbortController();
  readonly #ends: { readonly stage: Stage; readonly end: ToolEnd }[] = [];
  #hasSamples = false;
  #wire: MeasuredWire | null = null;
  #figures: Figures = wireFigures;
  #measuredBy = '';
  #wanted: string | null = null;

  constructor(tool: Tool, share: EngineShare, running: Running, observe: Hear) {
    this.#tool = tool;
    this.#share = share;
    this.#running = running;
    this.#observe = observe;
  }

  async run() {
    const [tool, share, running] = [this.#tool, this.#share, this.#running];
    const beside = await readdir(share.places.wdir).catch(() => []);
    const program = tool.programOf?.(share.file.script, beside) ?? tool.program;
    const version = await askVersion({ title: tool.title, program }, share, running, share.node);
    const text = await scriptText(share);
    this.#wanted = tool.wants?.(text) ?? null;
    await using wire = isAtTheWire(share) ? await MeasuredWire.start(share, running) : null;
    this.#wire = wire;
    const at = await running.begin();
    if (at !== undefined) await sleep(Math.max(0, at - Date.now()), undefined, { signal: running.signal });
    const startedAt = at ?? Date.now();
    running.onStart(() => this.#stopped.abort());
    const tree = new WatchedTree(startedAt, tool.usesAllProcessors, (second, cpu) =>
      this.#observe({ type: 'load', second, cpu }),
    );
    let endedAt = startedAt;
    try {
      for (const stage of stagesOf(share, tool, text)) {
        if (this.#stopped.signal.aborted) break;
        if (stage.model === 'pause') await this.#pause(stage.durationMs);
        else endedAt = await this.#stage(stage, { version, text, beside, startedAt, tree });
      }
    } finally {
      tree.stop();
    }
    for (const limit of [...tree.limits(), ...(wire?.limits() ?? [])])
      this.#observe({ type: 'limit', limit });
    for (const text of wire?.notes() ?? []) this.#observe({ type: 'note', text });
    this.#requireMeasured();
    const isCut = this.#stopped.signal.aborted;
    return { version, startedAt, endedAt, cpuSeconds: tree.cpuSeconds, source: this.#source(), isCut };
  }

  /** @returns when its load was over, ms since 1970 */
  async #stage(
    stage: Stage,
    {
      version,
      text,
      beside,
      startedAt,
      tree,
    }: {
      version: string;
      text: string;
      beside: readonly string[];
      startedAt: number;
      tree: WatchedTree;
    },
  ): Promise<number> {
    const { file, places, share, target, out, run } = this.#share;
    const part = this.#tool.dividesOwnPlan ? stage : partOfStage(stage, share);
    if (isNothing(part)) return startedAt;
    const work: ToolWork = {
      runner: file.runner,
      script: file.script,
      text,
      wdir: places.wdir,
      beside,
      out,
      target,
      share,
      stage: file.runner.isOwnPlan ? null : part,
      version,
    };
    const invocation = this.#tool.invoke(work);
    if (invocation.output) this.#figures = invocation.output.format.figures;
    this.#measuredBy = titleOf(this.#tool, invocation, version);
    const window = new StageWindow(stage, Date.now() - startedAt, this.#observe);
    const reading = { startedAt, fold: labeller(file.labels), expected: new Set(file.expected) };
    const hear: Hear = (seen) => {
      tree.heard(seen);
      window.hear(seen);
    };
    const endListening = this.#wire?.listen(hear, reading);
    const end = await runTool({
      tool: this.#tool,
      invocation: { ...invocation, env: { MARTEAU_RUN: run, ...invocation.env, ...this.#wire?.env } },
      share: this.#share,
      running: this.#running,
      reading,
      tree,
      hear,
      stopped: this.#stopped.signal,
      isFirst: this.#ends.length === 0,
    }).finally(endListening);
    this.#hasSamples ||= window.hasSamples;
    this.#ends.push({ stage, end });
    return startedAt + window.end(Date.now() - startedAt, this.#stopped.signal.aborted);
  }

  async #pause(ms: number): Promise<void> {
    const signal = AbortSignal.any([this.#running.signal, this.#stopped.signal]);
    await sleep(ms, undefined, { signal }).catch(() => {});
    this.#running.signal.throwIfAborted();
  }

  /** @throws MarteauError tool-failed where it ended badly and measured nothing */
  #requireMeasured(): void {
    const bad = this.#ends.find(({ end }) => end.exit.code !== 0);
    if (this.#hasSamples || this.#stopped.signal.aborted) return;
    if (bad === undefined) {
      this.#observe({
        type: 'note',
        text: `${this.#tool.title} ended with exit code 0, and told of no request: that it ran is all that is known.`,
      });
      return;
    }
    const how = this.#inWords(bad.end);
    const { said } = bad.end;
    throw new MarteauError('tool-failed', { tool: this.#tool.title, how, said, wanted: this.#wanted });
  }

  #inWords({ exit }: ToolEnd): string {
    const meaning = exit.code === null ? null : this.#tool.exitMeans(exit.code);
    return meaning === null ? exit.sentence : `${exit.sentence}: ${meaning}`;
  }

  #source(): Omit<Source, 'known'> {
    const { precision, resolutionUs, error = null, time, notes = [] } = this.#figures;
    for (const text of notes) this.#observe({ type: 'note', text });
    const several = this.#ends.length > 1;
    const exits = this.#ends.flatMap(({ stage, end }) =>
      end.exit.code === 0 || this.#stopped.signal.aborted
        ? []
        : [`${several ? `${stage.name}: ` : ''}${this.#inWords(end)}`],
    );
    const named = ({ text, held }: OwnThreshold, stage: Stage) => ({
      text: several ? `${stage.name}: ${text}` : text,
      held,
    });
    return {
      title: this.#measuredBy,
      precision,
      resolutionUs,
      error,
      time,
      exits: exits.slice(0, 20),
      thresholds: this.#ends
        .flatMap(({ stage, end }) => end.thresholds.map((each) => named(each, stage)))
        .slice(0, 200),
    };
  }
}

function isAtTheWire({ file: { runner } }: EngineShare): boolean {
  return runner.name === 'command' && runner.results === null;
}

function titleOf({ title, program }: Tool, { output }: Invocation, version: string): string {
  if (output === null) return 'Marteau at the wire';
  return program === null ? `${output.format.name} of the command` : `${title} ${version}`;
}

/** The stages of the file, or the one of the tool's own plan. */
function stagesOf({ file }: EngineShare, tool: Tool, text: string): readonly Stage[] {
  if (!file.runner.isOwnPlan) return file.load.plan.steps;
  const { isOpen } = tool.ownPlan(text);
  return file.load.plan.steps.map((stage) => ({ ...stage, model: isOpen ? 'open' : 'closed' }));
}

/** Empty where a command has none. @throws MarteauError script-outside */
async function scriptText({ file, places }: Pick<EngineWork, 'file' | 'places'>): Promise<string> {
  return readScript(file, places).catch((error: unknown) => {
    if (error instanceof ForeignFileError) throw new MarteauError('script-outside', { script: file.script });
    throw error;
  });
}

async function readScript({ script }: ResolvedFile, { wdir, tree, base = tree }: EngineWork['places']) {
  if (script === '') return '';
  const bytes = await readForeignFile(join(wdir, script), MOST_SCRIPT_BYTES, base);
  return bytes?.toString('utf8') ?? '';
}
