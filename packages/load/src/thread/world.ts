import { FailureCounter } from '@marteau/measure';
import { createMasker } from '@marteau/shared';
import { Labels } from '../count/labels.ts';
import { Metrics } from '../count/metrics.ts';
import { Client } from '../fetch/client.ts';
import type { Exchange } from '../fetch/exchange.ts';
import type { ExactPart } from '../plan/exact-part.ts';
import { usersAt } from '../plan/thread-share.ts';
import { watchBuiltins } from '../script/changed-builtins.ts';
import { DataSet } from '../script/data/data-set.ts';
import { Sources } from '../script/stack.ts';
import { Clock } from './clock.ts';
import { ConsoleLimit } from './console-limit.ts';
import { Instances } from './instances.ts';
import type { FromThread, ThreadJob } from './messages.ts';
import { tell } from './tell.ts';
import type { VirtualUser } from './virtual-user.ts';

/** Most exchanges that are told of: a trace is for few users and iterations. */
const MOST_TRACED = 1000;
const LONGEST_TRACED = 4000;

/** What all users of a thread share. */
export class World {
  readonly job: ThreadJob;
  readonly clock = new Clock();
  readonly console = new ConsoleLimit();
  readonly labels = new Labels();
  readonly metrics = new Metrics();
  /** The thread's part of the data sets, by name. */
  readonly data: ReadonlyMap<string, DataSet>;
  readonly client: Client;
  readonly instances: Instances;
  readonly failures = new FailureCounter();
  readonly sources: Sources;
  readonly mask: (text: string) => string;
  readonly expected: ReadonlySet<number>;
  /** Which users are this thread's. */
  readonly part: ExactPart;
  /** Since they were read last: iterations that were due, and started; starts that were late, and dropped. */
  offered = 0;
  started = 0;
  late = 0;
  dropped = 0;
  /** Attempts of users to begin or to leave that failed. */
  userFailures = 0;
  /** ms that users of the closed model were between iterations. */
  between = 0;
  /** Whether the script was loaded once without throwing. */
  loaded = false;
  /** Users that are there. */
  users = 0;
  /** Tells of every exchange, where that is asked for. */
  readonly trace: Trace | null;
  /** Says what the script has replaced for all users; null for nothing. */
  readonly changedBuiltins = watchBuiltins();
  readonly #said = new Set<string>();

  constructor(job: ThreadJob) {
    this.job = job;
    this.part = usersAt(job.threadShare);
    this.client = new Client(job.client, this.labels, this.clock.now);
    this.instances = new Instances(job.script, (text) => this.note(text));
    this.data = new Map(
      Object.entries(job.data).map(([name, { rows, taken, ...use }]) => [
        name,
        new DataSet(name, use, rows, taken),
      ]),
    );
    this.sources = new Sources(job.root);
    this.mask = createMasker(job.secrets).mask;
    this.expected = new Set(job.expected);
    this.trace = job.trace ? traceTo(this) : null;
  }

  post(message: FromThread): void {
    this.job.port.postMessage(message);
  }

  /** Says something to whoever reads the report, once. */
  note(text: string): void {
    if (this.#said.has(text) || this.#said.size >= 100) return;
    this.#said.add(text);
    this.post({ type: 'note', text });
  }
}

type Trace = (user: VirtualUser, exchange: Exchange) => void;

/** Tells the parent of every exchange as it ends, with its request and answer. */
function traceTo(world: World): Trace {
  let left = MOST_TRACED;
  return ({ number }, exchange) => {
    if (left === 0) return;
    left -= 1;
    const { label, failure, head, begun, ended, iteration } = exchange;
    world.post({
      type: 'exchange',
      test: iteration?.fullName ?? '',
      user: number,
      label: label.name,
      outcome: failure ? failure.code : String(head!.status),
      at: Math.round(begun),
      ms: Math.max(0, ended - begun),
      text: world.mask(tell(exchange)).slice(0, LONGEST_TRACED),
    });
  };
}
