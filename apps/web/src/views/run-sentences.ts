import { type Run, spellDuration, submitterName } from '@marteau/shared';
import type { Place } from '@marteau/store';
import { who } from './project.ts';

/** The one sentence that tells how things stand. @param judged the judgement, of a pass too */
export function sentence(run: Run, place: Place | null, judged: string | null): string {
  if (run.reason) return run.reason;
  switch (run.state) {
    case 'queued':
    case 'waiting':
      return place ? waiting(place) : 'It waits for its turn.';
    case 'preparing':
      return 'The repository is fetched and its file is read.';
    case 'running':
      if (run.stopped) return 'The load ends, and what was measured is kept.';
      return run.changed ? 'The load runs, not as its file says: somebody has changed it.' : 'The load runs.';
    case 'reporting':
      return 'The load is over; the measurements become the report.';
    case 'cancelling':
      return 'Everything that runs for it is being stopped.';
    case 'cancelled':
      return 'It was cancelled, and nothing of it was judged.';
    case 'finished':
      if (run.kind === 'once') return 'Every test ended well. The console has each request with its answer.';
      return judged ?? (run.verdict === 'pass' ? 'Every threshold held.' : '');
    case 'error':
      return 'It ended before there was anything to judge.';
  }
}

function waiting(place: Place): string {
  return `Number ${place.position} in the line: ${place.waitingFor.replace(/\.$/, '')}.${toGo(place)}`;
}

/** ' About 2m to go.'; '' where that is not known, or is any moment. */
export function toGo({ expectedMs }: Place): string {
  return expectedMs === null || expectedMs < 1000 ? '' : ` About ${spellDuration(expectedMs)} to go.`;
}

const ways: Record<string, string> = { form: 'by the form', api: 'by the API' };

/** Who asked for a run, and how. */
export function asked(run: Run): string {
  if (run.kind === 'repeat') return `a repeat to confirm a change, for ${who(run)}`;
  const name = run.submitter.kind === 'api' && !run.by ? '' : submitterName(run);
  if (run.kind === 'once') return name ? `tried once by ${name}` : 'tried once';
  if (run.trigger === 'rerun') return name ? `run again by ${name}` : 'run again';
  return [name, ways[run.trigger] ?? `by ${run.trigger}`].filter(Boolean).join(' ');
}
