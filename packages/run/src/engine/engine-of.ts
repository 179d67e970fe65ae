import type { ResolvedFile } from '@marteau/file';
import { toolOf } from '@marteau/tools';
import type { Engine } from './engine.ts';
import { loadEngine } from './load-engine.ts';
import { toolEngine } from './tool/tool-engine.ts';

/** What generates the load of a file: our own engine, or a tool of others. */
export function engineOf({ runner }: Pick<ResolvedFile, 'runner'>): Engine {
  const tool = toolOf(runner.name);
  return tool === null ? loadEngine : toolEngine(tool);
}
