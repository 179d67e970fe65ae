import { type ErrorCode, MarteauError } from '@marteau/shared';

/** Whose git it is that said something. */
export interface SaidBy {
  readonly repo: string;
  readonly host: string;
  readonly hasToken: boolean;
}

/** What git, curl and TLS libraries say, and what it means; the first row that matches counts. */
const meanings: readonly [RegExp, ErrorCode][] = [
  [/spawn (\S+\/)?git ENOENT/, 'git-missing'],
  [/No space left on device/i, 'clone-disk-full'],
  [/detected dubious ownership/i, 'clone-ownership'],
  [/returned error: 30\d|unable to update url base from redirection|redirect/i, 'clone-redirect'],
  [
    /could not read (Username|Password)|Authentication failed|returned error: 40[137]|terminal prompts disabled/i,
    'clone-authentication',
  ],
  [
    /returned error: (404|410)|repository .* not found|does not appear to be a git repository|not a git repository|info\/refs not valid|does not exist/i,
    'clone-not-found',
  ],
  [/Operation too slow|Timeout was reached|timed out after .* with \d+ (out of|bytes)/i, 'clone-stalled'],
  [/certificate|SSL|TLS|gnutls|schannel/i, 'clone-tls'],
  [
    /Could not resolve host|Failed to connect|Couldn't connect|Connection refused|No route to host|Network is unreachable|Connection timed out|port number was/i,
    'clone-unreachable',
  ],
  [
    /fsck error|fsck|invalid path|bad (tree|object)|corrupt|inflate|unresolved deltas|pack has bad|verify_path|is not a commit|Needed a single revision/i,
    'clone-damaged',
  ],
  [
    /returned error: 5\d\d|RPC failed|early EOF|hung up|unexpected disconnect|Empty reply|Recv failure|Connection reset|transfer closed|remote error|expected .* packet|protocol error|bad line length|invalid (server|index-pack) (response|output)/i,
    'clone-broken-off',
  ],
];

/** The error that git's words mean. */
export function errorFromGit(said: string, { repo, host, hasToken }: SaidBy): MarteauError {
  const meaning = meanings.find(([pattern]) => pattern.test(said))?.[1] ?? 'clone-failed';
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
