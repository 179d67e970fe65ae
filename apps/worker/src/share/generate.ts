import type { EffectiveFile, Measurements, Plan } from '@marteau/shared';
import type { ShareHold } from '@marteau/store';
import type { Context } from '../context.ts';
import type { Stage } from '../stage/stage.ts';
import type { Around } from './around.ts';
import type { Places } from './foreign-env.ts';

interface GenerateOptions {
  file: EffectiveFile;
  plan: Plan;
  places: Places;
  around: Around;
  signal: AbortSignal;
}

export async function generate(
  _context: Context,
  _stage: Stage<ShareHold>,
  _options: GenerateOptions,
): Promise<Measurements> {
  throw new Error('waiting for the engine');
}
