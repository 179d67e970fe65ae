import type { ResolvedFile } from '@marteau/file';
import { MarteauError, type TargetDecision } from '@marteau/shared';
import { type Answer, askConsent } from './ask-consent.ts';
import type { Decided, DecideOptions } from './decide.ts';
import { beyondOf } from './run-consent.ts';
import { replyOf } from './terms.ts';

const MINUTE_MS = 60_000;
/** So long the last yes holds while a target cannot be asked: it may be down because of the load. */
export const HOLDS_MS = 600_000;

type Yes = Extract<Answer, { says: 'yes' }>;

export interface WatchOptions extends DecideOptions {
  readonly file: Pick<ResolvedFile, 'load' | 'nodes' | 'mark'>;
  /** What was decided when the load began. */
  readonly decided: readonly Decided[];
  /** Once, when a target does not allow the load any more. */
  onWithdrawn(error: MarteauError): void;
  readonly everyMs?: number;
}

/** Asks those targets again each minute whose consent the load needs, until one withdraws it. */
export function watchConsent(options: WatchOptions): Disposable {
  const { decided, onWithdrawn, now, everyMs = MINUTE_MS } = options;
  const over = new AbortController();
  const signal = AbortSignal.any([options.signal, over.signal]);
  const asked = decided.flatMap(({ decision, target, answer }) =>
    answer?.says === 'yes' ? { decision, target, last: answer, at: now() } : [],
  );

  async function look(): Promise<void> {
    const withdrawn = await Promise.all(
      asked.map(async (each) => {
        const answer = await askConsent(each.target, { ...options, server: options.server!, signal });
        if (answer.says === 'yes') Object.assign(each, { last: answer, at: now() });
        const why = whyWithdrawn(answer, each, options);
        return why === null
          ? null
          : new MarteauError('consent-withdrawn', { target: each.decision.target, why });
      }),
    );
    const first = withdrawn.find((error) => error !== null);
    if (!first || signal.aborted) return;
    over.abort();
    onWithdrawn(first);
  }

  let timer: NodeJS.Timeout | undefined;
  const later = () => {
    if (!signal.aborted) timer = setTimeout(() => look().then(later, () => {}), everyMs);
  };
  if (asked.length > 0) later();
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  return { [Symbol.dispose]: () => over.abort() };
}

/** What ends the load, a sentence; null where it may go on. */
function whyWithdrawn(
  answer: Answer,
  { decision, last, at }: { decision: TargetDecision; last: Yes; at: number },
  options: WatchOptions,
): string | null {
  const { file, now } = options;
  if (answer.says !== 'yes') {
    if (answer.noOf.includes(last.source)) return answer.why;
    if (now() - at > HOLDS_MS)
      return `It could not be asked again for ${HOLDS_MS / MINUTE_MS} minutes. ${answer.why}`;
    const reply = replyOf(last.document, { ...options, server: options.server! }, now());
    if ('no' in reply) return `What it said last ${reply.no}.`;
  }
  const { terms } = answer.says === 'yes' ? answer : last;
  const [beyond] = beyondOf(file, { ...terms, target: decision.target });
  if (beyond !== undefined) return `Now ${beyond}.`;
  if (terms.rate !== null && terms.rate < (decision.rate ?? Number.POSITIVE_INFINITY))
    return `Now it allows ${terms.rate} requests/s at most, which is less than when the load began.`;
  return file.mark || terms.unmarked ? null : 'Now it wants requests to say where they come from.';
}
