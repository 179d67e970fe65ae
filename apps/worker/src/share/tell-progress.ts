import { consoleLine, type GenerateOptions } from '@marteau/run';
import type { ShareLease, Store } from '@marteau/store';
import type { LeasedJob } from '../lease/leased-job.ts';

/** Passes on what an engine says while it runs: ticks to the live charts, the rest to phase and console. */
export function tellProgress(
  store: Store,
  { lease, run, console, phase, log }: LeasedJob<ShareLease>,
  location: string | null,
): GenerateOptions['onMessage'] {
  return (message, plan, lengthMs) => {
    const nameOf = (stage: number): string =>
      plan === null ? '' : `${plan.steps[stage]?.name ?? ''} (${stage + 1} of ${plan.steps.length})`;
    switch (message.type) {
      case 'tick': {
        const toldMs = message.second * 1000;
        const progress = lengthMs === null ? null : Math.min(1, toldMs / Math.max(1000, lengthMs));
        const leftMs = lengthMs === null ? null : Math.round(Math.max(0, lengthMs - toldMs));
        phase.say('measuring', progress, nameOf(message.step), leftMs);
        store.events
          .append(run.id, [location === null ? message : { ...message, location }])
          .catch((error: Error) => log.warn({ err: error }, 'a tick was lost'));
        break;
      }
      case 'stage':
        if (message.phase === 'begin')
          console.say(`Load: ${nameOf(message.stage.index) || message.stage.name}`);
        break;
      case 'stopped':
        // The other shares see only what they do themselves.
        if (lease.of > 1) store.runs.stopAndReport(run.id).catch((error: Error) => log.warn({ err: error }));
    }
    const line = consoleLine(message);
    if (line !== null) console.say(line);
  };
}
