import { type ErrorCode, MarteauError } from '@marteau/shared';
import { FLOOD } from './flood.ts';

/** Whose git it is that said something. */
export interface SaidBy {
  readonly repo: string;
  readonly host: string;
  readonly hasToken: boolean;
}

/** What git, curl and TLS libraries say, and what it means; the first row that matches counts. */
const meanings: readonly (readonly [ErrorCode, ...RegExp[]])[] = [
  ['clone-flood', new RegExp(FLOOD)],
  ['git-missing', /spawn (\S+\/)?git ENOENT/],
  ['clone-disk-full', /No space left on device|Disk quota exceeded/i],
  ['clone-memory', /Out of memory|Cannot allocate memory|mmap failed|unable to create thread/i],
  ['clone-ownership', /detected dubious ownership/i],
  ['clone-redirect', /returned error: 30\d|unable to update url base from redirection/i],
  [
    'clone-authentication',
    /could not read (Username|Password)|Authentication failed|returned error: 40[137]/i,
  ],
  [
    'clone-not-found',
    /returned error: (404|410)|repository '.*' (not found|does not exist)/i,
    /does not appear to be a git repository|info\/refs not valid|not a git repository/i,
  ],
  ['clone-static', /dumb http transport/i],
  ['clone-stalled', /Operation too slow|Timeout was reached|timed out after \d+ milliseconds with/i],
  ['clone-certificate', /certificate|self[- ]signed|unable to get local issuer|CAfile/i],
  ['clone-tls', /SSL|TLS|schannel/i],
  [
    'clone-unreachable',
    /Could not resolve host|Failed to connect|Couldn't connect|Could not connect/i,
    /Connection refused|No route to host|Network is unreachable|Connection timed out/i,
  ],
  [
    'clone-damaged',
    /fsck|invalid path|corrupt|inflate|unresolved deltas|pack has bad|bad (tree|object)|hash mismatch/i,
  ],
  [
    'clone-broken-off',
    /returned error: (408|429|5\d\d)|RPC failed|early EOF|hung up|unexpected disconnect/i,
    /Empty reply|Recv failure|Send failure|Connection reset|transfer closed|HTTP\/2 stream/i,
    /remote error|protocol error|bad line length|invalid (server|index-pack)|expected .* packet/i,
  ],
];

/** The error that git's words mean. */
export function errorFromGit(said: string, { repo, host, hasToken }: SaidBy): MarteauError {
  const meaning =
    meanings.find(([, ...patterns]) => patterns.some((pattern) => pattern.test(said)))?.[0] ?? 'clone-failed';
  const code = meaning === 'clone-authentication' && hasToken ? 'clone-token-refused' : meaning;
  return new MarteauError(code, { repo, host, detail: detailOf(said) } as never);
}

/** The line that says most, without git's prefix and without control characters. */
function detailOf(said: string): string {
  const lines = said.split(/[\r\n]+/).map((line) => line.replace(/[\x00-\x1f\x7f-\x9f]/g, '').trim());
  const telling = lines.find((line) => /^(fatal|error): /.test(line)) ?? lines.find(Boolean) ?? 'nothing';
  const cause = /unable to access '[^']*': (.*)/.exec(telling)?.[1] ?? telling;
  return cause
    .replace(/^(fatal|error): /, '')
    .replace(/\.$/, '')
    .slice(0, 200);
}
