import { planLengthMs } from '@marteau/file';
import type { ShareMessage } from '@marteau/load';
import type { Plan } from '@marteau/shared';
import type { ShareLease, Store } from '@marteau/store';
import type { Stage } from '../stage/stage.ts';
import { exchangeText } from './exchange-text.ts';

/** Passes on what a share says while it runs: ticks to the live charts, the rest to phase and console. */
export function tellProgress(
  store: Store,
  { hold, run, console, phase, log }: Stage<ShareLease>,
  plan: Plan,
): (message: ShareMessage) => void {
  const seconds = Math.max(1, planLengthMs(plan) / 1000);
  const nameOf = (step: number): string =>
    `${plan.steps[step]?.name ?? ''} (${step + 1} of ${plan.steps.length})`;
  return (message) => {
    switch (message.type) {
      case 'tick':
        phase.say('measuring', Math.min(1, message.second / seconds), nameOf(message.step));
        store.events
          .append(run.id, [message])
          .catch((error: Error) => log.warn({ err: error }, 'a tick was lost'));
        break;
      case 'step':
        if (message.phase === 'begin') console.say(`Load: ${nameOf(message.step)}`);
        break;
      case 'failure': {
        const { test, label, source, message: text } = message.group;
        const where = source === null ? '' : ` (${source})`;
        console.say(`First seen: ${label || test}: ${text.replace(/\s+/g, ' ')}${where}`);
        break;
      }
      case 'stopped':
        console.say(`The load is stopped: ${message.sentence}.`);
        // The other shares see only what they do themselves.
        if (hold.of > 1) store.runs.stopAndReport(run.id).catch((error: Error) => log.warn({ err: error }));
        break;
      case 'exchange':
        console.say(exchangeText(message));
        break;
      case 'note':
        console.say(message.text);
        break;
    }
  };
}
