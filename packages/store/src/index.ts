export { Arrival, arrivalId } from './arrivals/arrival.ts';
export type { Arrivals } from './arrivals/arrivals.ts';
export { type Audit, AuditEntry } from './audit/audit.ts';
export type { Bin } from './bin/bin.ts';
export { BIN_FORMAT, BinEntry } from './bin/bin-entry.ts';
export { BLOCK_FORMAT, Block, type Blocks } from './blocks/blocks.ts';
export type { Commands, RunCommand } from './commands/commands.ts';
export type { Confirmations } from './confirmations/confirmations.ts';
export { type AbortKind, LeaseEnded, type Watch } from './control/watch.ts';
export type { Deliveries, DueDelivery } from './deliveries/deliveries.ts';
export type { Events } from './events/events.ts';
export type { StoredEvent } from './events/stream.ts';
export { atomicWrite } from './folders/atomic-write.ts';
export {
  type FileInfo,
  type Folders,
  type OpenFile,
  type RunFolder,
  WORK_FOLDER,
} from './folders/folders.ts';
export { KEPT } from './folders/kept.ts';
export { openFolders, type Places } from './folders/open-folders.ts';
export { type BucketAddress, parseBucketAddress } from './folders/s3/address.ts';
export { isLeftover, openShelf, type Shelf } from './folders/shelf.ts';
export type { Trees } from './folders/trees.ts';
export { HOOK_FORMAT, Hook, type HookForge, openingSecrets } from './hooks/hook.ts';
export type { Hooks } from './hooks/hooks.ts';
export * from './jobs/jobs.ts';
export type { Handler, Work, WorkOptions } from './jobs/work.ts';
export { ApiKey, type ApiKeys, isKey, KEY_FORMAT, KeyScope } from './keys/keys.ts';
export type { AttemptRecord, LostShare } from './ledger/attempt.ts';
export type { Start } from './ledger/barrier.ts';
export type { EnterResult, LineEntry } from './ledger/enter-line.ts';
export type { Begun, Holder, JobLease, Lease, ShareLease } from './ledger/leases.ts';
export type { Ledger } from './ledger/ledger.ts';
export type { Place } from './ledger/places.ts';
export type { LedgerRules } from './ledger/rules.ts';
export { type NodeSet, nodeSet } from './ledger/scale.ts';
export type { Links } from './links/links.ts';
export { type DataFolderLock, lockDataFolder } from './lock/lock.ts';
export { MAILBOX_FORMAT, type MailboxRecord, type MailboxState } from './mailboxes/mailboxes.ts';
export type { NodeEntry, NodeOrder, NodeSpec, NodeStatus, NodeTest } from './nodes/node.ts';
export type { Nodes } from './nodes/nodes.ts';
export type { NodeSession } from './nodes/session.ts';
export { NOTES_FORMAT, type Notes, RunNotes } from './notes/notes.ts';
export { openStore } from './open-store.ts';
export { higher, type People } from './people/people.ts';
export {
  Identity,
  isAdmin,
  Passkey,
  PERSON_FORMAT,
  Person,
  Role,
  TEAM_FORMAT,
  Team,
} from './people/person.ts';
export { type OpenSecrets, type ProjectSecrets, SECRETS_FORMAT } from './project-secrets/project-secrets.ts';
export { PROJECT_FORMAT, Project, projectId } from './projects/project.ts';
export type { Projects } from './projects/projects.ts';
export type { Repair, Repairs } from './repairs/repairs.ts';
export type { RunChange } from './runs/changes.ts';
export { goodRunsBefore } from './runs/good-runs.ts';
export type { IdPage, ListQuery, ProjectEntry, RunPage } from './runs/list.ts';
export type { Notices } from './runs/rebuild.ts';
export type { RetentionLimits } from './runs/retain.ts';
export type { Outcome, Runs } from './runs/runs.ts';
export type { Submission } from './runs/submit.ts';
export { hasTrace } from './runs/trace.ts';
export { SCHEDULES_FORMAT } from './schedules/schedule.ts';
export type { DueTime, ScheduleTimes } from './schedules/schedule-times.ts';
export type { PersonSession, PersonSessions } from './sessions/person-sessions.ts';
export { LONGEST_SESSION_S, type Sessions } from './sessions/sessions.ts';
export { ConfigError, Environment } from './settings/environment.ts';
export { readServerSettings, type ServerSettings } from './settings/server-settings.ts';
export type { SignIns } from './sign-in/sign-ins.ts';
export type { Standing } from './standing/standing.ts';
export type { Log, Store, StoreOptions } from './store.ts';
export type { HostRoles, HostTokens } from './vault/host-tokens.ts';
export type { Vault } from './vault/vault.ts';
