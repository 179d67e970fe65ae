import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { PeerFacts } from '@marteau/measure';
import type { ResponseHead } from './response-head.ts';
import type { Origin } from './route.ts';

/** A fleet behind one name has many addresses; so many tell that it is one. */
const MOST = 16;

/**
 * Who answers at the target: its addresses, what it says that it is, how its TLS is made. Where numbers changed and no
 * commit explains it, these did, perhaps.
 */
export class Peer {
  readonly #host: string | null;
  readonly #addresses = new Set<string>();
  readonly #servers = new Set<string>();
  readonly #tls = new Set<string>();

  /** @param target null where the script alone knows what it calls: then everything that it calls is the target */
  constructor(target: string | null) {
    this.#host = target === null ? null : (URL.parse(target)?.host ?? null);
  }

  /** The first answer on a connection; the others come from the same peer. */
  answered(origin: Origin, socket: Socket, { lines }: ResponseHead): void {
    if (this.#host !== null && origin.host !== this.#host) return;
    // Through a proxy, the other end of the socket is the proxy's.
    if (origin.proxy === null) note(this.#addresses, socket.remoteAddress);
    note(this.#servers, /^server:(.*)$/im.exec(lines)?.[1]?.trim());
    if (socket instanceof TLSSocket) note(this.#tls, tlsInWords(socket));
  }

  get known(): PeerFacts {
    const sorted = (set: ReadonlySet<string>) => [...set].sort();
    return { addresses: sorted(this.#addresses), servers: sorted(this.#servers), tls: sorted(this.#tls) };
  }
}

function note(known: Set<string>, value: string | undefined): void {
  if (value !== undefined && value !== '' && known.size < MOST) known.add(value.slice(0, 200));
}

/** 'TLSv1.3 TLS_AES_256_GCM_SHA384, certificate of Let's Encrypt until 2027-01-14'; a resumed session shows no certificate. */
function tlsInWords(socket: TLSSocket): string | undefined {
  if (socket.isSessionReused()) return undefined;
  const { issuer, valid_to: end } = socket.getPeerCertificate();
  const by = String(issuer?.O ?? issuer?.CN ?? 'nobody who is named');
  const until =
    end && !Number.isNaN(Date.parse(end)) ? ` until ${new Date(end).toISOString().slice(0, 10)}` : '';
  return `${socket.getProtocol()} ${socket.getCipher().name}, certificate of ${by}${until}`;
}
