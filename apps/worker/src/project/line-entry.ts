import { appOfRepository, isComparable, type Run } from '@marteau/shared';
import type { FetchedSource } from '@marteau/source';
import type { LineEntry } from '@marteau/store';
import type { Context } from '../context.ts';
import { recipientsOf } from '../mail/recipients.ts';
import type { RunWork } from '../run-work.ts';

/** What the ledger needs to know of a prepared run. */
export function lineEntry(
  { version }: Pick<Context, 'version'>,
  run: Run,
  source: FetchedSource,
  work: RunWork,
): LineEntry {
  const { file } = work;
  const [target = null] = file.targets;
  return {
    demand: file.nodes.count,
    labels: file.nodes.labels,
    target: target === null ? null : hostAndPort(target),
    shared: file.shared,
    // Who asked for a confirmation reads of it once it is decided, and not fourteen times before; who tries a script
    // looks at its page.
    recipients: isComparable(run) ? recipientsOf(run.email, file.email) : [],
    facts: {
      commit: source.commit,
      commitSubject: source.subject,
      commitAuthor: source.author,
      name: file.name,
      test: file.test,
      target: target ?? (file.app === null ? null : appOfRepository),
      engine: { name: 'marteau', version },
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
