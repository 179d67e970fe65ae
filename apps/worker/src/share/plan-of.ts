import { oncePlan } from '@marteau/file';
import type { Around, Places } from '@marteau/fixture';
import { launch } from '@marteau/launch';
import { namesOfTests } from '@marteau/load';
import { onceTrigger, type Plan, type Run } from '@marteau/shared';
import type { RunWork } from '../run-work.ts';

interface PlanOptions {
  around: Around;
  places: Places;
  /** Values that are never shown. */
  secrets: readonly string[];
  signal: AbortSignal;
}

/**
 * What a share generates: the plan of the file, or each test once where a script is only tried. Only loading the script
 * tells which tests there are.
 * @throws MarteauError script-*; the signal's reason
 */
export async function planOf(
  run: Run,
  { file, plan }: RunWork,
  { around, places, secrets, signal }: PlanOptions,
): Promise<Plan> {
  if (run.trigger !== onceTrigger) return plan;
  const { wdir, script, test } = file;
  const { target, env } = around;
  const job = { root: places.tree, wdir, script, test, target, env, options: file, secrets };
  return oncePlan(await namesOfTests(job, { launch, signal }));
}
