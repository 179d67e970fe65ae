import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';

/** How certificates of the target are judged. */
export interface TlsSettings {
  /** False accepts certificates that are expired, self-signed or of another host. */
  readonly rejectUnauthorized: boolean;
  /** PEM of authorities to trust besides the usual ones. */
  readonly ca?: string | undefined;
}

/** What all TLS connections of a thread share, made once: reading a hundred certificates costs milliseconds. */
export class TlsContext {
  readonly rejectUnauthorized: boolean;
  readonly #ca: string | undefined;
  #secureContext: SecureContext | null = null;

  constructor({ rejectUnauthorized, ca }: TlsSettings) {
    this.rejectUnauthorized = rejectUnauthorized;
    this.#ca = ca;
  }

  /** @throws what OpenSSL says of a `ca` that holds no certificate */
  get secureContext(): SecureContext {
    this.#secureContext ??= createSecureContext(
      this.#ca === undefined ? {} : { ca: [...rootCertificates, this.#ca] },
    );
    return this.#secureContext;
  }
}
