import { hasEnded, type Run } from '@marteau/shared';
import type { Logger } from 'pino';
import { type JobDone, type Span, spanOfJob, spansOfRun } from './spans.ts';

/** Where spans go, as OpenTelemetry's own variables say it. */
export interface TraceSettings {
  /** The receiver, without `/v1/traces`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Tracer {
  /** A job has ended. @param readRun as it is now: with its end, the run's own spans are sent */
  job(run: string, done: JobDone, readRun: () => Promise<Run | null>): void;
  /** Waits for what is on its way, a moment at most. */
  close(): Promise<void>;
}

const LONGEST_MS = 5000;
/** More that is on its way means that the receiver is gone: what comes then is not sent. */
const MOST_AT_ONCE = 20;

/** Sends the spans of this node's jobs as they end. No job waits for it, and what fails is logged. */
export function createTracer(
  settings: TraceSettings | null,
  { version, node, log }: { version: string; node: string; log: Logger },
): Tracer {
  if (settings === null) return { job() {}, async close() {} };
  const pending = new Set<Promise<void>>();
  const send = async (spans: readonly Span[]): Promise<void> => {
    const answer = await fetch(`${settings.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...settings.headers },
      body: JSON.stringify({ resourceSpans: [resource(version, node, spans)] }),
      signal: AbortSignal.timeout(LONGEST_MS),
    });
    await answer.body?.cancel();
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
  };
  return {
    job(run, done, readRun) {
      if (pending.size >= MOST_AT_ONCE) return;
      const work = (async () => {
        const now = await readRun();
        const isOver = now !== null && hasEnded(now.state);
        await send([spanOfJob(run, done), ...(isOver ? spansOfRun(now) : [])]);
      })()
        .catch((error: Error) => log.warn({ run, err: error }, 'spans were not sent'))
        .finally(() => pending.delete(work));
      pending.add(work);
    },
    close: () => Promise.all(pending).then(() => {}),
  };
}

function resource(version: string, node: string, spans: readonly Span[]) {
  const pairs = { 'service.name': 'marteau', 'service.version': version, 'service.instance.id': node };
  const attributes = Object.entries(pairs).map(([key, stringValue]) => ({ key, value: { stringValue } }));
  return { resource: { attributes }, scopeSpans: [{ scope: { name: 'marteau', version }, spans }] };
}
