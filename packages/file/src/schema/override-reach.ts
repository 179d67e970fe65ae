import { withoutEmpty } from '../resolve/merge.ts';
import type { PartialFile } from './file.ts';

/**
 * How far a field reaches in the hands of whoever submits a run: `load` is how much load there is, how long, and how it
 * is judged; `traffic` is where requests go, with all that they carry; `code` is what is run and read on the node.
 */
type Reach = 'load' | 'traffic' | 'code';

/** A field that is new has to say it here. */
const reachOf: Record<keyof PartialFile, Reach> = {
  name: 'load',
  network: 'traffic',
  description: 'load',
  script: 'code',
  test: 'load',
  runner: 'code',
  command: 'code',
  results: 'code',
  way: 'code',
  setup: 'code',
  wdir: 'code',
  nodes: 'load',
  deps: 'code',
  env: 'code',
  data: 'code',
  before: 'code',
  after: 'code',
  arrivals: 'load',
  cycles: 'load',
  duration: 'load',
  ramp: 'load',
  warmup: 'load',
  load: 'load',
  find: 'load',
  stopIf: 'load',
  timeout: 'load',
  target: 'traffic',
  targets: 'traffic',
  shared: 'load',
  app: 'code',
  version: 'traffic',
  tls: 'traffic',
  requestTimeout: 'load',
  session: 'load',
  connections: 'load',
  http: 'load',
  mark: 'load',
  labels: 'load',
  expected: 'load',
  monitors: 'traffic',
  thresholds: 'load',
  apdex: 'load',
  email: 'load',
  export: 'traffic',
  notify: 'traffic',
  metadata: 'load',
  proxies: 'traffic',
  chaos: 'traffic',
  fixtures: 'traffic',
  lookup: 'load',
  recordings: 'code',
};

/** The overrides that reach further than `most`, by name. `find.maxUsers` is one of `find`. */
export function overridesBeyond(most: 'load' | 'traffic', overrides: Record<string, unknown>): string[] {
  const allowed: (Reach | undefined)[] = most === 'load' ? ['load'] : ['load', 'traffic'];
  const fields = new Map<string, Reach>(Object.entries(reachOf));
  return Object.keys(withoutEmpty(overrides) as object).filter(
    (name) => !allowed.includes(fields.get(name.split('.')[0]!)),
  );
}
