import { APP_OF_REPOSITORY, type Run } from '@marteau/shared';
import type { FetchedSource } from '@marteau/source';
import type { LineEntry } from '@marteau/store';
import type { Context } from '../context.ts';
import type { RunWork } from '../run-work.ts';
import { demandOf, hasAppNode } from './app-node.ts';
import { toldOf } from './told-of.ts';

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
    labels: { ...toolLabels, ...file.nodes.labels },
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

/** What two runs must not hit at once; null for what is no address, such as a host that a variable names. */
function hostAndPort(target: string): string | null {
  const url = URL.parse(target);
  if (!url) return null;
  return `${url.hostname}:${url.port || (url.protocol === 'https:' ? 443 : 80)}`;
}
