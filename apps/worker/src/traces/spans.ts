import { createHash } from 'node:crypto';
import type { Run } from '@marteau/shared';

/** How a job came to its end. */
export type JobOutcome = 'done' | 'failed' | 'stopped' | 'handed back' | 'lost';

/** One job of a run on this node. */
export interface JobDone {
  /** 'prepare-1', 'share-1-0' */
  readonly name: string;
  readonly node: string;
  /** ms since 1970 */
  readonly begun: number;
  readonly ended: number;
  readonly outcome: JobOutcome;
}

/** A span as OTLP's JSON has it: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: 1;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: object[];
  readonly status: { code: 0 | 1 | 2; message?: string };
}

const [UNSET, OK, ERROR] = [0, 1, 2] as const;

/**
 * The trace of a run, once it has ended: all of its way, and under it each state that it was in. Ids follow from the
 * run's, so that all nodes mean the same trace, and what is sent twice is the same span.
 */
export function spansOfRun(run: Run): Span[] {
  const { id, timeline, state, verdict, reason, project, kind, trigger, nodes, endedAt } = run;
  const ends = timeline.slice(1).map(({ at }) => at);
  const end = endedAt ?? timeline.at(-1)?.at ?? run.submittedAt;
  const root: Span = {
    ...common(id, 'run', Date.parse(run.submittedAt), Date.parse(end)),
    name: 'run',
    attributes: attributes({
      'marteau.run': id,
      'marteau.project': project,
      'marteau.kind': kind,
      'marteau.trigger': trigger,
      'marteau.nodes': String(nodes),
      'marteau.state': state,
      'marteau.verdict': verdict ?? '',
    }),
    status:
      state === 'error'
        ? { code: ERROR, message: reason ?? '' }
        : { code: state === 'finished' ? OK : UNSET },
  };
  const states = timeline.slice(0, -1).map(
    ({ state: name, at }, i): Span => ({
      ...common(id, `state ${i}`, Date.parse(at), Date.parse(ends[i]!)),
      parentSpanId: root.spanId,
      name,
      attributes: [],
      status: { code: UNSET },
    }),
  );
  return [root, ...states];
}

export function spanOfJob(run: string, { name, node, begun, ended, outcome }: JobDone): Span {
  return {
    ...common(run, `job ${name} ${node} ${begun}`, begun, ended),
    parentSpanId: idOf(run, 'run', 16),
    name: name.replace(/-.*/, ''),
    attributes: attributes({
      'marteau.run': run,
      'marteau.job': name,
      'marteau.node': node,
      'marteau.outcome': outcome,
    }),
    status: { code: outcome === 'failed' ? ERROR : outcome === 'done' ? OK : UNSET },
  };
}

function common(run: string, what: string, begun: number, ended: number) {
  return {
    traceId: idOf(run, 'trace', 32),
    spanId: idOf(run, what, 16),
    kind: 1 as const,
    startTimeUnixNano: nanos(begun),
    endTimeUnixNano: nanos(Math.max(begun, ended)),
  };
}

function idOf(run: string, what: string, letters: number): string {
  return createHash('sha256').update(`${run} ${what}`).digest('hex').slice(0, letters);
}

function attributes(pairs: Readonly<Record<string, string>>): object[] {
  return Object.entries(pairs)
    .filter(([, value]) => value !== '')
    .map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

function nanos(ms: number): string {
  return `${Math.round(ms)}000000`;
}
