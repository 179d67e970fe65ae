import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errorFromGit } from './said.ts';

const by = { repo: 'https://git.example.com/o/r', host: 'git.example.com', hasToken: false };

/** What several versions of git, curl, OpenSSL and GnuTLS really print. */
const outputs: [code: string, said: string][] = [
  ['git-missing', 'Error: spawn git ENOENT'],
  [
    'clone-authentication',
    "fatal: could not read Username for 'https://github.com': terminal prompts disabled",
  ],
  [
    'clone-authentication',
    "fatal: could not read Password for 'https://ada@github.com': No such device or address",
  ],
  [
    'clone-authentication',
    "remote: HTTP Basic: Access denied\nfatal: Authentication failed for 'https://gitlab.com/o/r.git/'",
  ],
  [
    'clone-authentication',
    "fatal: unable to access 'https://git.example.com/o/r/': The requested URL returned error: 403",
  ],
  [
    'clone-authentication',
    "remote: Write access to repository not granted.\nfatal: unable to access 'https://github.com/o/r/': The requested URL returned error: 403",
  ],
  ['clone-not-found', "remote: Repository not found.\nfatal: repository 'https://github.com/o/r/' not found"],
  [
    'clone-not-found',
    "fatal: unable to access 'https://git.example.com/o/r/': The requested URL returned error: 410",
  ],
  ['clone-not-found', 'fatal: https://example.com/info/refs not valid: is this a git repository?'],
  [
    'clone-not-found',
    "fatal: '/srv/none' does not appear to be a git repository\nfatal: Could not read from remote repository.",
  ],
  [
    'clone-redirect',
    "fatal: unable to access 'https://gitlab.com/o/r/': The requested URL returned error: 301",
  ],
  [
    'clone-redirect',
    'fatal: unable to update url base from redirection:\n  asked for: http://a/info/refs\n   redirect: http://b/',
  ],
  ['clone-static', 'fatal: dumb http transport does not support shallow capabilities'],
  [
    'clone-unreachable',
    "fatal: unable to access 'https://git.example.com/o/r/': Could not resolve host: git.example.com",
  ],
  [
    'clone-unreachable',
    "fatal: unable to access 'http://127.0.0.1:1/x/': Failed to connect to 127.0.0.1 port 1 after 0 ms: Couldn't connect to server",
  ],
  [
    'clone-unreachable',
    "fatal: unable to access 'http://127.0.0.1:1/x/': Failed to connect to 127.0.0.1 port 1: Connection refused",
  ],
  [
    'clone-unreachable',
    "fatal: unable to access 'https://10.0.0.1/x/': Failed to connect to 10.0.0.1 port 443 after 130021 ms: Connection timed out",
  ],
  [
    'clone-unreachable',
    "fatal: unable to access 'https://[2a00::1]/x/': Failed to connect to 2a00::1 port 443: Network is unreachable",
  ],
  [
    'clone-certificate',
    "fatal: unable to access 'https://x/': server certificate verification failed. CAfile: none CRLfile: none",
  ],
  [
    'clone-certificate',
    "fatal: unable to access 'https://x/': SSL certificate problem: self-signed certificate",
  ],
  [
    'clone-certificate',
    "fatal: unable to access 'https://x/': SSL certificate problem: certificate has expired",
  ],
  [
    'clone-certificate',
    "fatal: unable to access 'https://x/': SSL certificate problem: unable to get local issuer certificate",
  ],
  [
    'clone-certificate',
    "fatal: unable to access 'https://x/': SSL: no alternative certificate subject name matches target host name 'x'",
  ],
  [
    'clone-tls',
    "fatal: unable to access 'https://x/': gnutls_handshake() failed: An unexpected TLS packet was received.",
  ],
  ['clone-tls', "fatal: unable to access 'https://x/': error:0A00010B:SSL routines::wrong version number"],
  [
    'clone-tls',
    "fatal: unable to access 'https://x/': OpenSSL SSL_connect: Connection reset by peer in connection to x:443",
  ],
  [
    'clone-stalled',
    "fatal: unable to access 'https://x/': Operation too slow. Less than 1000 bytes/sec transferred the last 30 seconds",
  ],
  [
    'clone-stalled',
    'error: RPC failed; curl 28 Operation too slow. Less than 1000 bytes/sec transferred the last 30 seconds\nfatal: early EOF',
  ],
  ['clone-broken-off', "fatal: unable to access 'https://x/': The requested URL returned error: 503"],
  ['clone-broken-off', "fatal: unable to access 'https://x/': The requested URL returned error: 429"],
  [
    'clone-broken-off',
    'error: RPC failed; curl 92 HTTP/2 stream 5 was not closed cleanly: CANCEL (err 8)\nfatal: early EOF\nfatal: fetch-pack: invalid index-pack output',
  ],
  [
    'clone-broken-off',
    'error: RPC failed; curl 18 transfer closed with outstanding read data remaining\nfatal: expected flush after ref listing',
  ],
  ['clone-broken-off', "fatal: unable to access 'https://x/': Empty reply from server"],
  ['clone-broken-off', 'fatal: the remote end hung up unexpectedly'],
  ['clone-broken-off', 'fatal: protocol error: bad line length character: <htm'],
  ['clone-broken-off', 'fatal: remote error: access denied or repository not exported: /x'],
  [
    'clone-damaged',
    'error: object 1c0e: badDate: invalid author/committer line - bad date\nfatal: fsck error in packed object\nfatal: fetch-pack: invalid index-pack output',
  ],
  [
    'clone-damaged',
    'error: inflate: data stream error (incorrect header check)\nfatal: pack has bad object at offset 12: inflate returned -3',
  ],
  ['clone-damaged', "error: invalid path '.git/hooks/post-checkout'"],
  [
    'clone-disk-full',
    'fatal: write error: No space left on device\nfatal: fetch-pack: invalid index-pack output',
  ],
  ['clone-memory', 'fatal: Out of memory, malloc failed (tried to allocate 5000000000 bytes)'],
  [
    'clone-ownership',
    "fatal: detected dubious ownership in repository at '/srv/git/r/.git'\nTo add an exception …",
  ],
  ['clone-failed', 'fatal: something that no git has said before'],
  ['clone-failed', ''],
];

describe('errorFromGit', () => {
  for (const [code, said] of outputs) {
    it(`${code}: ${said.split('\n')[0]?.slice(0, 90)}`, () => {
      assert.equal(errorFromGit(said, by).code, code);
    });
  }

  it('says what the person can do', () => {
    const said = "fatal: could not read Username for 'https://git.example.com': terminal prompts disabled";
    assert.equal(
      errorFromGit(said, by).message,
      'Could not clone https://git.example.com/o/r: authentication required. Make the repository public, or give the server a token for its host (secrets file). Some hosts say the same of a repository that does not exist, so check the address too.',
    );
    assert.equal(errorFromGit(said, { ...by, hasToken: true }).code, 'clone-token-refused');
  });

  it('quotes the line that tells most, clean and short', () => {
    const said = `remote: hello\u001b[31m\r\nwarning: x\nfatal: unable to access 'https://x/': Strange \u0007thing${'!'.repeat(500)}`;
    const { message } = errorFromGit(said, by);
    assert.match(message, /Git said: Strange thing!{187}\. Try/);
    assert.match(errorFromGit('', by).message, /Git said: nothing\./);
  });
});
