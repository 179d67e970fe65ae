import type { Gauge } from '@marteau/meters';
import type { NodeSet, Standing, Store } from '@marteau/store';

/** What the whole installation does, read from its queue. Every web tells the same. */
export async function readQueue(
  store: Pick<Store, 'ledger' | 'nodes' | 'ping' | 'standing' | 'warnings'>,
): Promise<Gauge[]> {
  const begun = performance.now();
  const isUp = await store.ping().then(
    () => true,
    () => false,
  );
  const redis = [
    gauge('marteau_redis_up', 'Whether Redis answers', Number(isUp)),
    gauge('marteau_redis_seconds', 'How long it took to', (performance.now() - begun) / 1000),
  ];
  if (!isUp) return redis;
  const [standing, sets, nodes, warnings] = await Promise.all([
    store.standing(),
    store.ledger.scale(),
    store.nodes.list(),
    store.warnings(),
  ]);
  return [
    ...redis,
    gauge('marteau_redis_warnings', 'Settings of Redis with which the queue may be lost', warnings.length),
    gauge(
      'marteau_nodes_gone',
      'Nodes of which nothing is heard any more',
      nodes.filter(({ state }) => state === 'dead').length,
    ),
    ...ofQueue(standing),
    ...ofSets(sets),
  ];
}

function ofQueue({ runs, isPaused, isFull, unreported, closing, deliveries, memory }: Standing): Gauge[] {
  const kinds = Object.entries(deliveries);
  return [
    {
      name: 'marteau_runs',
      help: 'Runs that have not ended, by their state',
      samples: Object.entries(runs).map(([state, value]) => ({ value, labels: { state } })),
    },
    gauge('marteau_queue_paused', 'Whether nothing new starts', Number(isPaused)),
    gauge('marteau_reports_waiting', 'Runs whose report nobody has begun', unreported),
    gauge('marteau_folders_incomplete', 'Ended runs whose folder is not complete', closing),
    {
      name: 'marteau_deliveries_waiting',
      help: 'What people and forges are still to be told',
      samples: kinds.map(([kind, { waiting }]) => ({ value: waiting, labels: { kind } })),
    },
    {
      name: 'marteau_deliveries_overdue_seconds',
      help: 'For how long the oldest of it is due',
      samples: kinds.map(([kind, { overdueSeconds }]) => ({ value: overdueSeconds, labels: { kind } })),
    },
    gauge('marteau_redis_memory_used_bytes', 'Memory that Redis has in use', memory.used),
    gauge('marteau_redis_memory_limit_bytes', 'What it may have; 0 for no limit', memory.limit),
    gauge('marteau_redis_full', 'Whether nothing new is taken because of it', Number(isFull)),
  ];
}

function ofSets(sets: readonly NodeSet[]): Gauge[] {
  // The set without labels is always told: nothing wanted is a figure, too.
  const all = sets.some(({ labels }) => Object.keys(labels).length === 0) ? sets : [...sets, nobody];
  const named = all.map((set) => ({
    set,
    labels: {
      labels: Object.entries(set.labels)
        .map((pair) => pair.join('='))
        .join(','),
    },
  }));
  const each = (name: string, help: string, read: (set: NodeSet) => number): Gauge => ({
    name,
    help,
    samples: named.map(({ set, labels }) => ({ value: read(set), labels })),
  });
  return [
    {
      name: 'marteau_nodes',
      help: 'Nodes that are alive, by their labels and state',
      samples: named.flatMap(({ set, labels }) =>
        (['busy', 'idle', 'draining'] as const).map((state) => ({
          value: set[state],
          labels: { ...labels, state },
        })),
      ),
    },
    each(
      'marteau_nodes_wanted',
      'How many nodes there should be, as /api/v1/scale says',
      ({ wanted }) => wanted,
    ),
    each('marteau_nodes_missing', 'How many of these are not there', ({ wanted, busy, idle }) =>
      Math.max(0, wanted - busy - idle),
    ),
    each('marteau_runs_waiting', 'Runs that wait for nodes with these labels', ({ waiting }) => waiting),
    each(
      'marteau_oldest_wait_seconds',
      'For how long the oldest of them does',
      ({ oldestWaitSeconds }) => oldestWaitSeconds,
    ),
  ];
}

const nobody: NodeSet = {
  labels: {},
  tools: [],
  wanted: 0,
  busy: 0,
  idle: 0,
  draining: 0,
  waiting: 0,
  oldestWaitSeconds: 0,
};

function gauge(name: string, help: string, value: number): Gauge {
  return { name, help, samples: [{ value }] };
}
