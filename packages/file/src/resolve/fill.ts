import { posix } from 'node:path';
import { defaultsBeside } from '@marteau/measure';
import { asciiMailAddress } from '@marteau/shared';
import { SPARE_MS, setUpMs } from '../plan/length.ts';
import type { PartialFile } from '../schema/file.ts';
import type { Runner } from '../schema/runner.ts';
import { readApp } from './app.ts';
import { readChaos } from './chaos.ts';
import { ownLoad, readLoad, startsAtRates } from './load.ts';
import { many, mapValues, milliseconds, thresholds } from './readers.ts';
import type { HttpChoice, ResolvedFile } from './resolved-file.ts';
import { readRunner } from './runner.ts';

/** Characters of a command that stands in a name's place. */
const MOST_NAME = 100;

/** Fills in the defaults of a file that was checked, and reads its texts: durations to ms, and so on. */
export function fill(file: PartialFile, profile: string | null, found?: Runner): ResolvedFile {
  const app = readApp(file.app);
  const deps = file.deps ?? [];
  const env = mapValues(file.env, String);
  const runner = readRunner(file, found);
  const load = runner.isOwnPlan ? ownLoad : readLoad(file);
  const script = file.script ?? '';
  const own = thresholds(file.thresholds);
  const timeoutMs = load.lengthMs + setUpMs({ app, deps }) + SPARE_MS;
  return {
    name: file.name ?? (script || (file.command ?? '').slice(0, MOST_NAME)),
    description: file.description ?? null,
    script: script && posix.normalize(script),
    runner,
    wdir: posix.normalize(file.wdir ?? '.').replace(/(.)\/$/, '$1'),
    test: file.test ?? null,
    profile,
    nodes: readNodes(file.nodes),
    deps,
    env,
    secrets: secretNames(env),
    data: mapValues(file.data, (data) =>
      typeof data === 'string'
        ? { file: posix.normalize(data), per: 'iteration', order: 'circular' }
        : {
            file: posix.normalize(data.file),
            per: data.per ?? 'iteration',
            order: data.order ?? 'circular',
          },
    ),
    before: many(file.before),
    after: many(file.after),
    app,
    targets: file.targets ?? many(file.target),
    network: file.network ?? [],
    shared: file.shared ?? false,
    version: file.version === undefined ? null : { url: file.version.url, json: file.version.json ?? null },
    tls: { verify: file.tls?.verify ?? true, ca: file.tls?.ca ?? null },
    load,
    warmupMs: milliseconds(file.warmup, 0),
    timeoutMs: milliseconds(file.timeout, timeoutMs),
    ...(file.timeout !== undefined && { isTimeoutSaid: true as const }),
    requestTimeoutMs: milliseconds(file.requestTimeout, 60_000),
    session: file.session ?? 'iteration',
    connections: file.connections ?? 'keep',
    http: String(file.http ?? '1.1') as HttpChoice,
    // Tools of others send what they want; what is measured at the wire is marked there.
    mark: (file.mark ?? true) && (runner.name === 'node-test' || isAtTheWire(runner)),
    labels: file.labels ?? [],
    expected: statuses(file.expected ?? []),
    thresholds: [...own, ...defaultsBeside(own, startsAtRates(load))],
    stopIf: thresholds(file.stopIf),
    apdexUs: milliseconds(file.apdex, 1_500) * 1_000,
    email: many(file.email).map(asciiMailAddress),
    ...(file.export && { export: receivers(file.export) }),
    notify: file.notify ?? {},
    metadata: mapValues(file.metadata, String),
    monitors: mapValues(file.monitors, (monitor) =>
      typeof monitor === 'string'
        ? { url: monitor, instance: null }
        : { url: monitor.url, instance: monitor.instance ?? null },
    ),
    proxies: mapValues(file.proxies, ({ upstream, protocol, standstill, control }) => ({
      upstream: upstream ?? null,
      protocol: protocol ?? 'tcp',
      ...(standstill !== undefined && { standstillMs: milliseconds(standstill, 0) }),
      control: control ?? null,
    })),
    chaos: readChaos(file.chaos),
    fixtures: mapValues(file.fixtures, (fixture) => ({
      class: fixture.class,
      arguments: { ...fixture.arguments },
    })),
    recordings: mapValues(file.recordings, (tape) => ({
      file: posix.normalize(tape.file),
      server: tape.server ?? null,
      mode: tape.mode ?? 'replay',
      way: tape.way ?? 'reverse',
      latency: timesRecorded(tape.latency ?? 'recorded'),
      matchHeaders: tape.match?.headers ?? [],
      unmatched: tape.unmatched ?? 'fail',
      verdict: tape.verdict ?? 'fail',
    })),
  };
}

function receivers(written: NonNullable<PartialFile['export']>): NonNullable<ResolvedFile['export']> {
  return (['otlp', 'prometheus'] as const).flatMap((kind) => {
    const receiver = written[kind];
    if (receiver === undefined) return [];
    const { url, headers = {} } = typeof receiver === 'string' ? { url: receiver } : receiver;
    return [{ kind, url, headers: { ...headers } }];
  });
}

function readNodes(nodes: PartialFile['nodes']): ResolvedFile['nodes'] {
  if (typeof nodes === 'number') return { count: nodes, labels: {} };
  if (Array.isArray(nodes)) {
    const locations = nodes.map(({ name, count = 1, labels = {} }) => ({
      name,
      count,
      labels: { ...labels },
    }));
    return { count: locations.reduce((sum, { count }) => sum + count, 0), labels: {}, locations };
  }
  return { count: nodes?.count ?? 1, labels: { ...nodes?.labels } };
}

function secretNames(env: Record<string, string>): string[] {
  const found = Object.values(env).flatMap((value) => [...value.matchAll(/\$\{secrets\.([A-Za-z_]\w*)\}/g)]);
  return [...new Set(found.map(([, name]) => name ?? ''))].sort();
}

function statuses(written: readonly (string | number)[]): number[] {
  const all = written.flatMap((status) => {
    const text = String(status);
    if (!text.endsWith('xx')) return [Number(text)];
    return Array.from({ length: 100 }, (_, i) => Number(text.charAt(0)) * 100 + i);
  });
  return [...new Set(all)].sort((a, b) => a - b);
}

function timesRecorded(latency: 'recorded' | 'none' | number): number {
  if (typeof latency === 'number') return latency;
  return latency === 'none' ? 0 : 1;
}

function isAtTheWire({ name, results }: ResolvedFile['runner']): boolean {
  return name === 'command' && results === null;
}
