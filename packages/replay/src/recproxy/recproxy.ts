import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { type Authority, createAuthority } from '../authority/authority.ts';
import { proxyEnvironment } from '../environment/proxy-environment.ts';
import { writeTrustFiles } from '../environment/trust-files.ts';
import type { Counts, Mode, StandInOptions } from '../standin/options.ts';
import { startStandIn } from '../standin/stand-in.ts';
import { wrong } from '../wrong.ts';
import { redirect } from './redirect.ts';

/** A tape that plays while a test runs. */
export interface PlayedTape extends AsyncDisposable {
  /** `replay`, or `record` with PROXY=1. */
  mode: Mode;
  /** Where it is reached by programs that are not redirected. */
  url: string;
  counts: Readonly<Counts>;
  /** With which programs in other languages come here: a proxy, and whose certificates to trust. */
  env: Readonly<Record<string, string>>;
  /** Ends the redirection. Throws where requests were not on the tape, and says which. */
  stop(): Promise<void>;
}

export type RecproxyOptions = Pick<
  StandInOptions,
  'latency' | 'headers' | 'unmatched' | 'cap' | 'secrets' | 'upstreamCa' | 'insecure'
> & {
  mode?: Mode;
};

/**
 * Puts a tape in place of a server for this process: what fetch, node:http or undici ask of it is answered by a local
 * server, over a real connection. With PROXY=1 in the environment the real server is asked, and the tape written.
 *
 *     await using tape = await recproxy('https', 'api.twitter.com', 'test_send.rec');
 *
 * @param host with a port where it is not the usual one
 * @throws tape-wrong, tape-busy
 */
export async function recproxy(
  scheme: 'http' | 'https',
  host: string,
  file: string,
  options: RecproxyOptions = {},
): Promise<PlayedTape> {
  const server = URL.parse(`${scheme}://${host}`);
  if (server === null || server.hostname === '')
    throw wrong(`'${host}' is no host. Write it as api.example.com.`);
  const { mode = process.env.PROXY === '1' ? 'record' : 'replay', ...others } = options;
  await using stack = new AsyncDisposableStack();
  const trust = await trustOwnAuthority();
  stack.defer(() => trust.end());
  const missing: string[] = [];
  const { authority } = trust;
  const standIn = stack.use(
    await startStandIn({
      latency: 0,
      ...others,
      mode,
      file,
      server: server.origin,
      authority,
      onEvent({ kind, sentence }) {
        if (kind === 'trouble') process.emitWarning(sentence);
        else missing.push(sentence);
      },
    }),
  );
  for (const note of standIn.notes) process.emitWarning(note);
  const files = stack.use(await writeTrustFiles(authority));
  const port = Number(server.port) || (scheme === 'https' ? 443 : 80);
  stack.defer(redirect(server.hostname.replace(/^\[(.*)\]$/, '$1'), port, standIn.port));
  const kept = stack.move();

  async function stop(): Promise<void> {
    await kept.disposeAsync();
    const told = missing.splice(0);
    if (told.length > 0 && mode !== 'replayOrRecord') throw new Error(told.join('\n'));
  }
  return {
    mode,
    url: scheme === 'https' ? standIn.url.replace('http:', 'https:') : standIn.url,
    counts: standIn.counts,
    env: proxyEnvironment(standIn.url, files),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

let authority: Promise<Authority> | null = null;
let users = 0;
let before: string[] = [];

/** The authority of this process's stand-ins. It is trusted, beside the usual ones, until the answer's end is called. */
async function trustOwnAuthority(): Promise<{ authority: Authority; end(): void }> {
  authority ??= createAuthority();
  const own = await authority;
  if (users++ === 0) {
    before = getCACertificates('default');
    setDefaultCACertificates([...before, own.cert]);
  }
  return {
    authority: own,
    end() {
      if (--users === 0) setDefaultCACertificates(before);
    },
  };
}
