import type { Arrivals } from './arrivals/arrivals.ts';
import type { Audit } from './audit/audit.ts';
import type { Bin } from './bin/bin.ts';
import type { Bisects } from './bisects/bisects.ts';
import type { Blocks } from './blocks/blocks.ts';
import type { Commands } from './commands/commands.ts';
import type { Confirmations } from './confirmations/confirmations.ts';
import type { Watch } from './control/watch.ts';
import type { Deliveries } from './deliveries/deliveries.ts';
import type { Events } from './events/events.ts';
import type { Folders } from './folders/folders.ts';
import type { BucketAddress } from './folders/s3/address.ts';
import type { Trees } from './folders/trees.ts';
import type { Hooks } from './hooks/hooks.ts';
import type { QueueName } from './jobs/jobs.ts';
import type { Handler, Work, WorkOptions } from './jobs/work.ts';
import type { ApiKeys } from './keys/keys.ts';
import type { Lease } from './ledger/leases.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { LedgerRules } from './ledger/rules.ts';
import type { Links } from './links/links.ts';
import type { Mailboxes } from './mailboxes/mailboxes.ts';
import type { Nodes } from './nodes/nodes.ts';
import type { Notes } from './notes/notes.ts';
import type { People } from './people/people.ts';
import type { ProjectSecrets } from './project-secrets/project-secrets.ts';
import type { Projects } from './projects/projects.ts';
import type { Health } from './redis/health.ts';
import type { Repairs } from './repairs/repairs.ts';
import type { Notices } from './runs/rebuild.ts';
import type { RetentionLimits } from './runs/retain.ts';
import type { Runs } from './runs/runs.ts';
import type { ScheduleTimes } from './schedules/schedule-times.ts';
import type { PersonSessions } from './sessions/person-sessions.ts';
import type { Sessions } from './sessions/sessions.ts';
import type { SignIns } from './sign-in/sign-ins.ts';
import type { Standing } from './standing/standing.ts';
import type { Turns } from './turns/turns.ts';
import type { HostTokens } from './vault/host-tokens.ts';
import type { Vault } from './vault/vault.ts';

/** What the store logs with: pino's shape. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface StoreOptions {
  /** redis://… or rediss://… */
  redisUrl: string;
  /** Where runs and trees are kept, unless a bucket is named; and what is this machine's alone. */
  dataFolder: string;
  /** Where runs and trees are kept instead. */
  bucket?: BucketAddress | null;
  log: Log;
  /** Shown in Redis's CLIENT LIST: 'web', 'worker-n1'. */
  clientName: string;
  /**
   * `web`: every call fails within 2.5 s when Redis is away, and is never applied later. `worker`: calls wait until
   * Redis is back; all of them may be repeated without harm. `admin`: fails as a web does, and does nothing by itself.
   */
  kind: 'web' | 'worker' | 'admin';
  /** Rules that differ from the defaults. */
  rules?: Partial<LedgerRules>;
}

export interface Store {
  readonly runs: Runs;
  readonly ledger: Ledger;
  readonly nodes: Nodes;
  readonly events: Events;
  readonly folders: Folders;
  readonly trees: Trees;
  readonly deliveries: Deliveries;
  readonly links: Links;
  readonly sessions: Sessions;
  readonly mailboxes: Mailboxes;
  readonly projects: Projects;
  readonly blocks: Blocks;
  readonly bin: Bin;
  readonly hooks: Hooks;
  readonly arrivals: Arrivals;
  readonly turns: Turns;
  readonly schedules: ScheduleTimes;
  readonly people: People;
  readonly apiKeys: ApiKeys;
  readonly vault: Vault;
  readonly projectSecrets: ProjectSecrets;
  readonly hostTokens: HostTokens;
  readonly personSessions: PersonSessions;
  readonly signIns: SignIns;
  readonly audit: Audit;
  readonly confirmations: Confirmations;
  readonly bisects: Bisects;
  readonly notes: Notes;
  readonly commands: Commands;
  readonly repairs: Repairs;
  /** Watches a lease; every job does. */
  watch(lease: Lease): Watch;
  /** Works on a queue. Errors of Redis are logged and outlived. */
  work<Q extends QueueName>(queue: Q, handler: Handler<Q>, options?: WorkOptions): Work;
  /**
   * One round of looking after everything: dead nodes, dead holders, allotment, jobs that a crash kept from being
   * added, due deliveries, closing of ended runs. Safe to call from every worker at once; call it every 300 ms or so. What
   * fails keeps nothing else from being done, is thrown at the end, and is tried again with the next round.
   *
   * In two parts for whom seconds matter: `ledger` is quick; `folders` takes processor time, and waits for disks and
   * buckets. Neither waits for the other.
   */
  reconcile(part?: 'ledger' | 'folders'): Promise<void>;
  /** Fills an emptied index and the copies of records from the folders. Called by reconcile when needed. @returns how many runs came back */
  rebuild(): Promise<number>;
  notices(): Promise<Notices>;
  /** How Redis is set up otherwise than a queue needs it, each a sentence. */
  warnings(): Promise<string[]>;
  /** How Redis and this machine stand to each other. @throws 'store-unavailable' */
  health(): Promise<Health>;
  /** How the queue stands, in figures. */
  standing(): Promise<Standing>;
  /** Removes what is too old or too much; pinned runs stay. Daily. */
  retain(limits: RetentionLimits): Promise<{ removed: string[]; bytes: number }>;
  /** Answers when Redis does. @throws 'store-unavailable' within 2.5 s, for every kind of store */
  ping(): Promise<void>;
  /** Closes all connections, at once when Redis is away. */
  close(): Promise<void>;
}
