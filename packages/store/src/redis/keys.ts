/** Every key of Marteau in Redis begins so; the number is the version of what the keys lease. */
const PREFIX = 'marteau:1:';

const one = (kind: string) => () => `${PREFIX}${kind}`;
const each = (kind: string) => (id: string) => `${PREFIX}${kind}:${id}`;

/**
 * Every Redis key of Marteau, each a function: the prefix, what kind of thing it holds, and of which one. The Lua
 * scripts build the same names with `key(kind, id)`; a test compares. Where a name in Redis is older than the word for
 * what it holds, the name stays: what an older version wrote has to be found.
 *
 * A zset by name has all scores 0 and is read in the order of its members; ids sort by time.
 */
export const redisKeys = {
  // --- runs ---
  /** hash: the record of a run that has not been closed */
  run: each('run'),
  /** string, zset: what earlier versions kept of ended runs, and which runs there are; retention drops them */
  past: each('past'),
  runs: one('runs'),
  /** zset by name: the runs in one state */
  state: each('state'),
  /** zset by name: the runs of one project, by the SHA-1 of its URL */
  project: each('project'),
  /** zset: project URL → ms of its last submission, or of its making */
  projects: one('projects'),
  /** hash: the records of one kind, JSON, by their ids */
  records: each('records'),
  /** hash: project URL → how long its runs take, ms */
  durations: one('durations'),
  /** string: Idempotency-Key → run */
  idempotency: each('idempotency'),
  /** set: runs whose change is being confirmed by repeats */
  confirming: one('confirming'),
  bisecting: one('bisecting'),
  /** set: runs that retention leaves alone */
  pinned: one('pinned'),
  /** hash: what people say of runs, JSON, by their ids */
  notes: one('notes'),
  /** zset: ended runs whose folder is not complete yet → when to try, ms */
  closing: one('closing'),
  /** string: the index was built; missing in an emptied Redis */
  index: one('index'),
  /** string: what the pages tell everyone, JSON */
  notices: one('notices'),
  /** string: who does something that only one may do */
  turn: each('turn'),
  /** string: what a turn left for the next one; forgotten after two months */
  left: each('left'),
  /** string: how far the search for runs without a job has come */
  searched: each('searched'),

  // --- the line ---
  /** counter: the place in the line */
  seq: one('seq'),
  /** zset: runs that have not started → seq */
  queue: one('queue'),
  /** zset: groups that nothing blocks → seq of their first run */
  groups: one('lanes'),
  /** zset: the waiting runs of one group (one submitter, target and set of labels) → seq */
  group: each('lane'),
  /** hash: group → where it stands: `groups` or one of `blocked` */
  groupplace: one('laneplace'),
  /** zset: groups blocked by one reason (`submitter …`, `target …`) → seq of their first run */
  blocked: each('held'),
  /** set: reasons for which groups may be blocked */
  blockers: one('holders'),
  /** set: reasons that are gone, with groups still to be set free */
  waking: one('waking'),
  /** set: runs of one submitter that have nodes */
  submitter: each('submitter'),
  /** hash: runs that hit one host:port → whether they share it */
  target: each('target'),
  /** zset: runs that want more nodes than there are → since when, ms */
  unmet: one('unmet'),
  /** zset: runs that wait for their preflight, which no node does yet → seq */
  preflights: one('untried'),
  /** hash: node that begins no job of later runs → seq of the run that waits only for that */
  summoned: one('summoned'),
  /** string: the memory of Redis is nearly used up */
  full: one('full'),
  /** string: the queue is paused */
  paused: one('paused'),
  /** hash: run → why the ledger ends it in error, JSON */
  doomed: one('doomed'),

  // --- attempts ---
  /** set: shares at the barrier */
  ready: each('ready'),
  /** set: shares that delivered */
  done: each('done'),
  /** hash: attempt → what one of its shares started for all of them, and where, JSON */
  around: each('around'),
  /** zset: runs whose attempt is being taken back → seq */
  returning: one('returning'),
  /** zset: runs before the barrier → deadline, ms */
  barrier: one('barrier'),
  /** zset: runs that somebody prepares, tries or finalizes → end of the lease of that job, ms */
  jobs: one('desk'),
  /** zset: runs whose finalizer has not begun → since when, ms */
  unreported: one('unreported'),
  /** string: when a worker was last heard of, ms */
  heard: one('heard'),
  /** string: how long no worker was heard of, ms; for one lease after that */
  silence: one('silence'),
  /** string: how long in all nobody could work: no worker was heard of, or the queue was paused, ms */
  standstill: one('standstill'),
  /** holds nothing, ever: deleting it is a write that needs no memory */
  nothing: one('nothing'),

  // --- nodes ---
  /** set: names of all nodes */
  nodes: one('nodes'),
  /** hash: one node */
  node: each('node'),
  /** set: runs that this node prepares, tries or finalizes; `test` while it is tested */
  nodejobs: each('nodedesk'),

  // --- around ---
  /** stream: the events of a run */
  events: each('events'),
  /** zset: jobs that BullMQ must get, JSON → when due, ms */
  owed: one('owed'),
  /** zset: mails to try → when due, ms */
  outbox: one('outbox'),
  /** zset: other deliveries to try → when due, ms */
  tellings: one('tellings'),
  /** hash: the deliveries of one run, as JSON */
  mails: each('mails'),
  /** hash: what owners of addresses have said, JSON, by the hash of the address */
  mailboxes: one('mailboxes'),
  /** counter: mails of one day */
  mailcount: each('mailcount'),
  /** hash: the calls of a project's hook, JSON, by their ids */
  arrivals: each('arrivals'),
  /** zset: those for which something is to be done → when they came, ms */
  arriving: each('arriving'),
  /** zset: the last of the others → when they were done with, ms */
  arrivalsdone: each('arrivalsdone'),
  /** string: this call of a hook came; forgotten after some days */
  arrived: each('arrived'),
  /** zset: entries of schedules, `PROJECT NUMBER` → when due, ms */
  schedules: one('schedules'),
  /** list: what people ask of the proxies of a running run, JSON */
  commands: each('commands'),
  /** hash: what has to be put back elsewhere → how, and whose share it is, JSON */
  repairs: one('repairs'),
  /** string: a browser is signed in, by the hash of its session's id */
  session: each('session'),
  /** hash: a browser in which a person is signed in, by the hash of its secret */
  signedin: each('signedin'),
  /** zset: the sessions of a person → since when, ms */
  sessionsof: each('sessionsof'),
  /** string: a sign-in that is under way, JSON, by the hash of its secret */
  signin: each('signin'),
  /** counter: tries of one name within an hour, by its hash */
  tries: each('tries'),
  /** hash: (issuer, subject), hashed → person */
  identities: one('identities'),
  /** set: the keys of a person, by their ids */
  keysof: each('keysof'),
  /** set: the teams of a person */
  teamsof: each('teamsof'),
  /** hash: git host → a person's token there, sealed */
  hosttokens: each('hosttokens'),
  /** hash: git host → what a person may do there, JSON */
  hostroles: each('hostroles'),
  /** hash: projects that were given to a person or team → role */
  given: each('given'),
  /** counter: changes of people, teams and members */
  rights: one('rights'),
  /** stream: who did what */
  audit: one('audit'),
  /** string: which Marteau wrote here last, JSON */
  version: one('version'),
  /** string: where the server keeps runs and trees, JSON */
  folders: one('folders'),
  /** sorted set: webs that are there, by where they keep runs → until when, ms */
  webs: one('webs'),
  /** string: the key that signs links */
  linkkey: one('linkkey'),
  /** channel: a run's holders should look at it */
  control: one('control'),
  /** channel: a run changed its state */
  changes: one('changes'),
};

/** BullMQ's own keys begin so. */
export const QUEUE_PREFIX = `${PREFIX}bullmq`;
