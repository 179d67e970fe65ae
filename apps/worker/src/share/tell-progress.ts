import { consoleLine, type GenerateOptions } from '@marteau/run';
import type { ShareLease, Store } from '@marteau/store';
import type { LeasedJob } from '../lease/leased-job.ts';

/** Passes on what an engine says while it runs: ticks to the live charts, the rest to phase and console. */
export function tellProgress(
  store: Store,
  { lease, run, console, phase, log }: LeasedJob<ShareLease>,
  location: string | null,
): GenerateOptions['onMessage'] {
  /** Of stages that somebody has made of others while they ran: from then on nobody knows how long it takes. */
  const changed = new Map<number, string>();
  return (message, plan, planned) => {
    const lengthMs = changed.size > 0 ? null : planned;
    const nameOf = (stage: number): string => {
      const known = plan?.steps[stage];
      return known ? `${known.name} (${stage + 1} of ${plan.steps.length})` : (changed.get(stage) ?? '');
    };
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
        if (message.stage.changed) changed.set(message.stage.index, message.stage.name);
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
