import type { Phase } from '@marteau/shared';
import type { JobLease, Lease, ShareLease } from '../ledger/leases.ts';
import type { NodeOrder } from '../nodes/node.ts';

interface Script<Args extends object, Result> {
  args: Args;
  result: Result;
}
type YesNo = 0 | 1;

/** Every script with what it takes and answers; the same stands at the head of each .lua file. */
export interface ScriptMap {
  submit: Script<
    {
      id: string;
      project: string;
      submitter: string;
      recipients: string[];
      demand: number | null;
      submitted: string;
      idempotency: string;
      digest: string;
      keepMs: number;
      promiseMs: number;
      deadline: number | null;
    },
    | ['new', id: string, now: number, job: string]
    | ['same', id: string]
    | ['conflict']
    | ['refused', number]
    | ['late']
    | ['full']
  >;
  'begin-job': Script<
    { runId: string; stage: JobLease['stage']; try: number; node: string; boot: string },
    'begun' | 'stale' | 'later'
  >;
  'enter-line': Script<
    {
      lease: JobLease;
      demand: number;
      appNode: boolean;
      labels: string;
      targets: string;
      shared: boolean;
      recipients: string[];
      facts: string;
      work: string;
      preflight: boolean;
    },
    ['waiting'] | ['refused', number] | ['cancelled'] | ['lost']
  >;
  'pass-preflight': Script<{ lease: JobLease }, 'waiting' | 'cancelled' | 'lost'>;
  allot: Script<{ unreportedMs: number }, string[]>;
  'check-share': Script<{ lease: ShareLease }, 'go' | 'stop' | 'cancelled' | 'aborted' | 'lost'>;
  'check-job': Script<{ lease: JobLease }, 'go' | 'cancelled' | 'lost'>;
  ready: Script<
    { lease: ShareLease; roundTrip: number; marginMs: number },
    ['wait'] | ['go', startAt: number, now: number] | ['cancelled'] | ['aborted'] | ['lost']
  >;
  surround: Script<{ lease: ShareLease; around: string }, YesNo>;
  others: Script<{ lease: ShareLease }, number>;
  'leave-share': Script<
    {
      lease: ShareLease;
      how: 'done' | 'late' | 'lost' | 'failed' | 'acknowledged';
      why: string;
      reason?: string;
      reasonCode?: string;
    },
    YesNo
  >;
  'leave-job': Script<{ lease: JobLease }, YesNo>;
  end: Script<
    {
      lease: JobLease;
      state: 'finished' | 'error';
      verdict: string;
      reason: string;
      reasonCode: string;
      summary: string;
      hasReport: boolean;
    },
    YesNo
  >;
  doom: Script<{ id: string; reason: string; reasonCode: string }, YesNo>;
  cancel: Script<{ id: string; except: string; reason: string }, string>;
  stop: Script<{ id: string }, string>;
  phase: Script<{ lease: Lease; phase: Phase | null }, YesNo>;
  reap: Script<object, string[]>;
  'wake-all': Script<object, 1>;
  join: Script<
    {
      name: string;
      boot: string;
      host: string;
      process: string;
      spec: string;
      labels: string;
      load: boolean;
      desk: boolean;
      force: boolean;
    },
    ['joined', now: number] | ['taken', host: string, process: string]
  >;
  beat: Script<
    { name: string; boot: string; status: string },
    | ['ok', slot: string, share: string, of: number, ending: string, order: NodeOrder | '']
    | ['unknown']
    | ['displaced']
  >;
  'set-node': Script<
    { name: string; field: 'enabled' | 'draining' | 'order'; value: '0' | '1' | NodeOrder; boot: string },
    YesNo
  >;
  'test-node': Script<{ name: string; boot: string; result: string }, YesNo>;
  'leave-node': Script<{ name: string; boot: string }, YesNo | -1>;
  place: Script<{ id: string }, string>;
  close: Script<{ id: string; past: string; seen: string; keepEventsMs: number }, YesNo>;
  remove: Script<{ id: string }, [1] | [0] | [-1, state: string]>;
  restore: Script<
    { id: string; past: string; state: string; project: string; submittedAt: number; pinned: boolean },
    YesNo
  >;
  append: Script<{ id: string; events: string[]; maxEvents: number; maxBytes: number }, YesNo>;
  claim: Script<{ runId: string; index: string; leaseMs: number }, [to: string, tries: number] | []>;
  settle: Script<
    {
      runId: string;
      index: string;
      state: 'sent' | 'refused' | 'waiting';
      detail: string;
      delayMs: number;
      giveUpMs: number;
    },
    YesNo
  >;
  search: Script<{ stage: JobLease['stage']; jobKey: string; count: number }, number>;
}
