import type { ResolvedFile } from '@marteau/file';
import { APP_OF_REPOSITORY, type Run } from '@marteau/shared';
import type { FetchedSource } from '@marteau/source';
import type { LineEntry } from '@marteau/store';
import type { Context } from '../context.ts';
import type { RunWork } from '../run-work.ts';
import { demandOf, hasAppNode } from './app-node.ts';
import { FORK_LABEL, isOfFork } from './forks.ts';
import { toldOf } from './told-of.ts';

type Labels = Record<string, string>;

/**
 * What the ledger needs to know of a prepared run.
 * @param toolLabels of nodes that have its tool
 */
export function lineEntry(
  { version }: Pick<Context, 'version'>,
  run: Run,
  source: FetchedSource,
  work: RunWork,
  toolLabels: Readonly<Record<string, string>> = {},
): LineEntry {
  const { file } = work;
  // What forks need is no file's to change.
  const demanded = (labels: Labels): Labels => ({
    ...toolLabels,
    ...labels,
    ...(isOfFork(run) && FORK_LABEL),
  });
  return {
    demand: demandOf(file),
    appNode: hasAppNode(file),
    labels: demanded(file.nodes.labels),
    ...(file.nodes.locations && { locations: placesOf(file, demanded) }),
    targets: file.targets.flatMap((each) => hostAndPort(each) ?? []),
    shared: file.shared,
    recipients: toldOf(run, file),
    facts: {
      commit: source.commit,
      commitSubject: source.subject,
      commitAuthor: source.author,
      name: file.name,
      test: file.test,
      target: file.targets.join(', ') || (file.app === null ? null : APP_OF_REPOSITORY),
      ...(work.consent && { consent: work.consent }),
      engine: { name: file.runner.name === 'node-test' ? 'marteau' : file.runner.name, version },
    },
    work,
  };
}

/** Nodes by their labels, in the order of shares; the one of the app is near the first. */
function placesOf(
  file: ResolvedFile,
  demanded: (labels: Labels) => Labels,
): NonNullable<LineEntry['locations']> {
  const locations = file.nodes.locations ?? [];
  const near = hasAppNode(file) ? locations.slice(0, 1).map((first) => ({ ...first, count: 1 })) : [];
  return [...locations, ...near].map(({ count, labels }) => ({
    nodes: count,
    labels: demanded(labels),
  }));
}

/** What two runs must not hit at once; null for what is no address, such as a host that a variable names. */
function hostAndPort(target: string): string | null {
  const url = URL.parse(target);
  if (!url) return null;
  return `${url.hostname}:${url.port || (url.protocol === 'https:' ? 443 : 80)}`;
}
