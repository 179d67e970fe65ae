import type { ConsentDocument, ConsentEntry } from './document.ts';
import { UnreadableConsent } from './document.ts';
import { isWithin, parseHours } from './hours.ts';

/** Who asks: this server, for a project. */
export interface Asker {
  /** `https://marteau.example.com` */
  readonly server: string;
  /** The normalised address of its repository. */
  readonly project: string;
}

/** What a target allows; what is null it does not limit. */
export interface Terms {
  /** Requests per second. */
  readonly rate: number | null;
  readonly users: number | null;
  readonly nodes: number | null;
  readonly unmarked: boolean;
  readonly contact: string | null;
}

/** What a document says to who asks; the sentence goes on after its name: "names other servers". */
export type Reply = { readonly terms: Terms } | { readonly no: string };

/**
 * The first entry of a document that allows it. @param now ms since 1970
 * @throws UnreadableConsent where an entry that is meant for us cannot be read
 */
export function replyOf({ allow, contact }: ConsentDocument, asker: Asker, now: number): Reply {
  const ours = allow.filter(({ server }) => isSame(server, asker.server));
  if (ours.length === 0) {
    const others = [...new Set(allow.map(({ server }) => server))].slice(0, 3).join(', ');
    return { no: `names ${others || 'no server'}, and this one is ${asker.server}` };
  }
  const replies = ours.map((entry) => ({ entry, no: whyNot(entry, asker, now) }));
  const found = replies.find(({ no }) => no === null);
  if (!found) return { no: replies[0]!.no! };
  const { rate = null, users = null, nodes = null, unmarked = false } = found.entry;
  return { terms: { rate, users, nodes, unmarked, contact: contact ?? null } };
}

/** @throws UnreadableConsent for an entry that allows nothing at any time from now on, ms since 1970 */
export function requireUsable({ hours, until }: ConsentEntry, now: number): void {
  if (hours !== undefined) parseHours(hours);
  if (until !== undefined && endOf(until) <= now)
    throw new UnreadableConsent(`ends with ${until}, which is past`);
}

function whyNot({ projects, hours, until }: ConsentEntry, { project }: Asker, now: number): string | null {
  if (projects && !projects.some((each) => isSame(each, project)))
    return `names this server for other projects than ${project}`;
  if (until !== undefined && endOf(until) <= now) return `allowed this server until ${until}, which is past`;
  if (hours !== undefined && !isWithin(parseHours(hours), now))
    return `allows this server at ${hours} alone, which is not now`;
  return null;
}

/** A day lasts to its end in UTC. */
function endOf(until: string): number {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(until);
  const at = Date.parse(day ? `${until}T00:00:00Z` : until);
  if (Number.isNaN(at) || (day && new Date(at).toISOString().slice(0, 10) !== until))
    throw new UnreadableConsent(`has "until": "${until}", which is no date (2027-06-30 is one)`);
  return day ? at + 86_400_000 : at;
}

/** Addresses as people write them: a slash at the end, `.git`, capitals of the host say nothing. */
function isSame(written: string, ours: string): boolean {
  return plain(written) === plain(ours);
}

function plain(address: string): string {
  const url = URL.parse(address);
  const text = url === null ? address : `${url.origin}${url.pathname}`;
  return text.replace(/\/+$/, '').replace(/\.git$/, '');
}
