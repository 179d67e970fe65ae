import type { Delivery, Phase, Recipient } from '@marteau/shared';
import type { JobLease, Lease, ShareLease } from '../ledger/leases.ts';
import type { NodeOrder } from '../nodes/node.ts';

interface Script<Args extends object, Result> {
  args: Args;
  result: Result;
}
/** 1 when it was done; 0 when it was not: the lease is lost, or there is no such thing (any more). */
type YesNo = 0 | 1;

/**
 * Every script by the name of its file, with what it takes (`args` in Lua) and answers. A script that shows a lease
 * changes nothing when that is lost.
 */
export interface ScriptMap {
  // --- ledger: the line ---
  /**
   * `listed`: among the runs of its project, which repeats are not. `demand`: nodes asked for, where that is known. `submitted`: JSON of what never changes. `onNodes`: which nodes it shall have, as long as all of them are there. `idempotency`: a key, or '',
   * kept for keepMs; `digest`: of the request that it was given with. `promiseMs`: how long the caller promises to add
   * the job itself. `notBefore`: nobody prepares it earlier, ms. `deadline`: ms on Redis's clock, after it the caller has given up. Full: see redis/reserve.ts.
   */
  submit: Script<
    {
      id: string;
      project: string;
      listed: boolean;
      submitter: string;
      recipients: readonly Recipient[];
      demand: number | null;
      submitted: string;
      onNodes: readonly string[];
      idempotency: string;
      digest: string;
      keepMs: number;
      promiseMs: number;
      notBefore: number | null;
      deadline: number | null;
    },
    | ['new', id: string, now: number, job: string]
    | ['same', id: string]
    | ['conflict']
    | ['refused', registered: number]
    | ['late']
    | ['full']
  >;
  /**
   * See LineEntry. `labels`: JSON with sorted names, or ''. `locations`: JSON of such, or ''. `targets`: 'a:443 b:443', or ''. `facts`, `work`: JSON.
   * Refused: nothing changed, end it.
   */
  'enter-line': Script<
    {
      lease: JobLease;
      demand: number;
      appNode: boolean;
      labels: string;
      locations: string;
      targets: string;
      shared: boolean;
      recipients: readonly Recipient[];
      facts: string;
      work: string;
      preflight: boolean;
    },
    ['waiting'] | ['refused', registered: number, of: string] | ['cancelled'] | ['lost']
  >;
  'pass-preflight': Script<{ lease: JobLease }, 'waiting' | 'cancelled' | 'lost'>;
  /** `unreportedMs`: how long nodes are left free for a report that nobody begins. Answers the runs that got nodes. */
  allot: Script<{ unreportedMs: number }, string[]>;
  /** JSON of PlaceFacts (ledger/waiting-sentence.ts); '' when it does not wait. */
  place: Script<{ id: string }, string>;
  'wake-all': Script<object, 1>;
  /** JSON of ScaleFacts (ledger/scale.ts). */
  scale: Script<object, string>;

  // --- ledger: jobs ---
  /** Later: the node generates load, is switched off, is kept for a run ahead, or is not one that the run asks for. */
  'begin-job': Script<{ lease: JobLease }, 'begun' | 'stale' | 'later'>;
  'check-job': Script<{ lease: JobLease }, 'go' | 'cancelled' | 'lost'>;
  'leave-job': Script<{ lease: JobLease }, YesNo>;

  // --- ledger: shares ---
  /** Stop: end the load, keep what was measured. */
  'check-share': Script<{ lease: ShareLease }, 'go' | 'stop' | 'cancelled' | 'aborted' | 'lost'>;
  /** `roundTrip`: ms, measured by this node. */
  ready: Script<
    { lease: ShareLease; roundTrip: number; marginMs: number },
    ['wait'] | ['go', startAt: number] | ['cancelled'] | ['aborted'] | ['lost']
  >;
  /** `around`: JSON. */
  surround: Script<{ lease: ShareLease; around: string }, YesNo>;
  others: Script<{ lease: ShareLease }, number>;
  /**
   * `done`: measured. `late`: not begun, the attempt is handed back. `lost`: begun, and cannot go on. `stopped`: the same,
   * because its worker was asked to end. `failed`: the run cannot work, for this reason. `acknowledged`: stopped, as told.
   */
  'leave-share': Script<
    {
      lease: ShareLease;
      how: 'done' | 'late' | 'lost' | 'stopped' | 'failed' | 'acknowledged';
      why: string;
      reason?: string;
      reasonCode?: string;
    },
    YesNo
  >;

  // --- ledger: ends ---
  /** `summary`: JSON, or ''. `recipients`: who is told, where the run had not come to the line. */
  end: Script<
    {
      lease: JobLease;
      state: 'finished' | 'error';
      verdict: string;
      reason: string;
      reasonCode: string;
      summary: string;
      hasReport: boolean;
      recipients?: readonly Recipient[];
    },
    YesNo
  >;
  doom: Script<{ id: string; reason: string; reasonCode: string }, YesNo>;
  /** `except`: an address that is told nothing about it. Answers the state now, 'ended STATE', or '' for an unknown run. */
  cancel: Script<{ id: string; except: string; reason: string }, string>;
  /** 'stopped', 'early' before the load started, '' for an unknown run, else the state that it is in. */
  stop: Script<{ id: string }, string>;
  /** The attempt, its start and the moment now, ms by Redis's clock; else the state that it is in, '' for an unknown run. */
  change: Script<{ id: string }, ['changed', number, number, number] | [string]>;
  phase: Script<{ lease: Lease; phase: Phase | null }, YesNo>;
  /** What was found, in words, for the log. */
  reap: Script<object, string[]>;

  // --- ledger: nodes ---
  /** `spec`: JSON. `labels`: JSON with sorted names, or ''. `force`: the old process is known to be dead. */
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
  /**
   * `status`: JSON. `ending`: what ends the attempt of its slot, '' for nothing. Unknown: register again. Displaced:
   * another process has the name.
   */
  beat: Script<
    { name: string; boot: string; status: string },
    | ['ok', slot: string, share: string, of: number, ending: string, order: NodeOrder | '']
    | ['unknown']
    | ['displaced']
  >;
  /** `boot`: '' for any. */
  'set-node': Script<
    { name: string; field: 'enabled' | 'draining' | 'order'; value: '0' | '1' | NodeOrder; boot: string },
    YesNo
  >;
  /** 0 for a node that has something to do, or that a run waits for. */
  retire: Script<{ name: string; boot: string }, YesNo>;
  /** `result`: JSON, or '' when the test begins. 0 when the node is not free. */
  'test-node': Script<{ name: string; boot: string; result: string }, YesNo>;
  /** `boot`: of the node that goes, or '' to forget a dead one. -1 when it is alive. */
  'leave-node': Script<{ name: string; boot: string }, YesNo | -1>;

  // --- runs ---
  /**
   * `waiting`: how many of its deliveries wait; null for any. `seen`: the score in `closing` that this work answers, or
   * ''. `keepEventsMs`: how long the events stay, and what became of the deliveries. Again: what was read is old.
   */
  close: Script<
    { id: string; waiting: number | null; seen: string; keepEventsMs: number },
    'closed' | 'again' | 'gone'
  >;
  /** 0 for an unknown run, -1 for one that has not ended. */
  remove: Script<{ id: string; project: string | null }, [1] | [0] | [-1, state: string]>;
  /** `listed`: see submit. `submittedAt`: ms. */
  restore: Script<
    {
      id: string;
      state: string;
      project: string;
      listed: boolean;
      submittedAt: number;
      pinned: boolean;
      /** Also what is there of an ended run. */
      replace: boolean;
    },
    YesNo
  >;

  /** `hash`: its key. `before`, `after`: JSON; `before` is '' where there is none. 0 when it has another text by now. */
  'swap-record': Script<{ hash: string; id: string; before: string; after: string }, YesNo>;

  'end-turn': Script<{ name: string; token: string }, YesNo>;

  /** `at`: the moment that it has, ms. `next`: null for none. */
  'move-on': Script<{ member: string; at: number; next: number | null }, YesNo>;

  // --- calls of hooks ---
  /** `arrival`: JSON. `waiting`: something is to be done. `keepMs`: how long the same one is known. `most`: that are kept. */
  arrive: Script<
    { project: string; id: string; arrival: string; waiting: boolean; keepMs: number; most: number },
    ['new', job: string] | ['kept'] | ['known']
  >;
  /** See arrive. 0 for one that is not there. */
  'settle-arrival': Script<
    { project: string; id: string; arrival: string; waiting: boolean; most: number },
    YesNo
  >;

  // --- events, deliveries, jobs ---
  /** `events`: JSON. 0 when the run has ended, or Redis is nearly full (see redis/reserve.ts). */
  append: Script<{ id: string; events: string[]; maxEvents: number; maxBytes: number }, YesNo>;
  /** Nothing when it is not due, sent, or taken by another. */
  claim: Script<
    { runId: string; index: string; leaseMs: number },
    [kind: string, to: string, tries: number, turn: number] | []
  >;
  /** `deliveries`: all of the run, by the record. `meant`: numbers of those that are to be told anew. */
  'tell-again': Script<{ runId: string; deliveries: readonly Delivery[]; meant: readonly number[] }, YesNo>;
  /** `turn`: as claim said. `delayMs`: until the next try. `giveUpMs`: after so long it is refused. */
  settle: Script<
    {
      runId: string;
      index: string;
      turn: number;
      state: Delivery['state'];
      detail: string;
      page: string | null;
      delayMs: number;
      giveUpMs: number;
    },
    YesNo
  >;
  /** `jobKey`: BullMQ's key of a job of this queue, without the id. Answers how many were found. */
  search: Script<{ stage: JobLease['stage']; jobKey: string; count: number }, number>;
}
