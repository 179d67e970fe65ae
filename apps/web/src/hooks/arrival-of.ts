import type { IncomingHttpHeaders } from 'node:http';
import { type ForgeEvent, forgeOf, type ReadEvents } from '@marteau/forge';
import { parseAddress } from '@marteau/source';
import { type Arrival, arrivalId, type Hook } from '@marteau/store';

/** What is kept of the headers: what happened and which call it is. Nothing else is, so that no secret is. */
const KEPT = [
  'content-type',
  'content-length',
  'user-agent',
  'x-github-event',
  'x-github-delivery',
  'x-gitlab-event',
  'x-gitlab-instance',
  'idempotency-key',
  'webhook-id',
  'webhook-timestamp',
  'x-gitea-event',
  'x-gitea-delivery',
  'x-forgejo-event',
  'x-forgejo-delivery',
  'x-event-key',
  'x-request-uuid',
  'x-attempt-number',
];
const LONGEST_HEADER = 200;
const MOST_KEPT = 16 * 1024;

/** A call of a project's hook as it is kept. @param now ms since 1970 */
export function arrivalOf(
  { project, repo, forge: { kind } }: Hook,
  { headers, body, read }: { headers: IncomingHttpHeaders; body: Buffer; read: ReadEvents },
  now: number,
): Arrival {
  const delivery = forgeOf(kind).deliveryOf(headers)?.slice(0, LONGEST_HEADER) ?? null;
  const found = ofRepository(repo, read);
  const isIgnored = 'ignored' in found;
  return {
    id: arrivalId(project, delivery ?? body.toString('base64')),
    project,
    at: new Date(now).toISOString(),
    forge: kind,
    delivery,
    headers: Object.fromEntries(
      KEPT.flatMap((name) => {
        const value = headers[name];
        return typeof value === 'string' ? [[name, value.slice(0, LONGEST_HEADER)]] : [];
      }),
    ),
    events: isIgnored ? [] : fitting(found.events),
    answer: isIgnored ? 200 : 202,
    state: isIgnored ? 'ignored' : 'waiting',
    why: isIgnored ? found.ignored : null,
    runs: [],
    tries: 0,
  };
}

/** A hook may be set up for a whole group of repositories: those that are this project's count. */
function ofRepository(repo: string, read: ReadEvents): ReadEvents {
  if ('ignored' in read) return read;
  const wanted = pathOf(repo);
  const events = read.events.filter((event) => pathOf(event.repo) === wanted);
  const [other] = read.events;
  if (events.length > 0 || other === undefined) return { events };
  const shown = other.repo.slice(0, 200);
  return {
    ignored: `It is of another repository (${shown}). Was this one renamed? Then make a project of its new address.`,
  };
}

function pathOf(address: string): string | null {
  try {
    return parseAddress(address).path.toLowerCase();
  } catch {
    return null;
  }
}

/** So much is kept of an event; paths go first, then words. */
function fitting(events: readonly ForgeEvent[]): ForgeEvent[] {
  const size = (some: readonly ForgeEvent[]) => Buffer.byteLength(JSON.stringify(some));
  if (size(events) <= MOST_KEPT) return [...events];
  const withoutFiles = events.map((event) => ({ ...event, files: null }));
  if (size(withoutFiles) <= MOST_KEPT) return withoutFiles;
  const short = withoutFiles.map((event) => ({ ...event, message: event.message.slice(0, 100) }));
  while (size(short) > MOST_KEPT) short.pop();
  return short;
}
