import type { ResolvedFile } from '@marteau/file';
import { APP_OF_REPOSITORY, type Recipient, type Run } from '@marteau/shared';
import type { FetchedSource } from '@marteau/source';
import type { LineEntry } from '@marteau/store';
import { recipientsOf } from '../channels/mail/recipients.ts';
import type { Context } from '../context.ts';
import type { RunWork } from '../run-work.ts';
import { demandOf, hasAppNode } from './app-node.ts';
import { FORK_LABEL, isOfFork } from './forks.ts';

const MOST_CHANNELS = 10;

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
  return {
    demand: demandOf(file),
    appNode: hasAppNode(file),
    labels: { ...toolLabels, ...file.nodes.labels, ...(isOfFork(run) && FORK_LABEL) },
    targets: file.targets.flatMap((each) => hostAndPort(each) ?? []),
    shared: file.shared,
    // Who asked for a confirmation reads of it once it is decided, and not fourteen times before; who tries a script
    // looks at its page.
    recipients:
      run.kind === 'normal' ? [...recipientsOf(run.email, file.email), ...channelsOf(run, file.notify)] : [],
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

/** Channels that are told; of a pull request, the pull request is. `to`: 'perf:change' */
function channelsOf({ cause }: Run, notify: ResolvedFile['notify'] = {}): Recipient[] {
  if (cause?.pull) return [];
  return Object.entries(notify)
    .filter(([, policy]) => policy !== 'never')
    .slice(0, MOST_CHANNELS)
    .map(([name, policy]) => ({ kind: 'channel', to: `${name}:${policy}` }));
}

/** What two runs must not hit at once; null for what is no address, such as a host that a variable names. */
function hostAndPort(target: string): string | null {
  const url = URL.parse(target);
  if (!url) return null;
  return `${url.hostname}:${url.port || (url.protocol === 'https:' ? 443 : 80)}`;
}
