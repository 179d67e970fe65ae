import { oncePlan, preflightPlan, type ResolvedFile } from '@marteau/file';
import { namesOfTests, runLoad } from '@marteau/load';
import type { Engine, EngineWork } from './engine.ts';

/** Our own: vanilla tests of node:test as load. */
export const loadEngine: Engine = {
  name: 'marteau',

  async plan(work, { launch, signal }) {
    const { mode, file } = work;
    if (mode === 'load') return file.load;
    if (mode === 'preflight') return { plan: preflightPlan, lengthMs: null };
    // Only loading the script tells which tests there are.
    const names = await namesOfTests(scriptOf(work), { launch, signal });
    return { plan: oncePlan(names), lengthMs: null };
  },

  run(
    { plan, share, node, out, run, stops, rates, ...work },
    { launch, signal, onMessage, read, begin, onStart },
  ) {
    return runLoad(
      {
        ...scriptOf(work),
        plan: plan!,
        share,
        node,
        out,
        run,
        stops,
        rates,
        trace: work.mode === 'once',
        perLabel: (work.file.export ?? []).length > 0,
        ...(work.mode === 'preflight' && { threads: 1 }),
      },
      { launch, signal, onMessage, read, begin, onStart },
    );
  },
};

function scriptOf({ mode, file, places, target, env, secrets }: EngineWork) {
  const { wdir, script, test } = file;
  return { root: places.tree, wdir, script, test, target, env, secrets, options: optionsOf(file, mode) };
}

/** What is only tried is neither a search for capacity nor stopped by a threshold. */
function optionsOf(file: ResolvedFile, mode: EngineWork['mode']) {
  return mode === 'load' ? file : { ...file, load: undefined, stopIf: [] };
}
