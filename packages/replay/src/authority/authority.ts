import { generateKeyPair, randomBytes } from 'node:crypto';
import { rootCertificates, type SecureContextOptions } from 'node:tls';
import { promisify } from 'node:util';
import forge from 'node-forge';

/** A certificate authority made on the spot. Its key stays in memory and dies with it. */
export interface Authority {
  /** Its certificate, as PEM: what a client has to trust. */
  cert: string;
  /** The certificate with the usual ones of the web, for clients that take one file in place of their own. */
  bundle: string;
  /** Key and certificate of a server, by its name or IP address. Made once for each. */
  serverFor(host: string): SecureContextOptions;
}

const DAY_MS = 86_400_000;
const LIFETIME_DAYS = 30;

/** Makes an authority whose certificates hold for 30 days. */
export async function createAuthority(): Promise<Authority> {
  const [own, servers] = await Promise.all([newKeys(), newKeys()]);
  const name = [{ name: 'commonName', value: `Marteau's recorder ${randomBytes(4).toString('hex')}` }];
  const authority = signed(own, own, name, name, [
    { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  const made = new Map<string, SecureContextOptions>();
  return {
    cert: authority,
    bundle: [authority, ...rootCertificates].join('\n'),
    serverFor(host) {
      const known = made.get(host);
      if (known) return known;
      const isAddress = /^[\d.]+$|:/.test(host);
      const cert = signed(servers, own, [{ name: 'commonName', value: host.slice(0, 64) }], name, [
        { name: 'basicConstraints', cA: false, critical: true },
        { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
        { name: 'extKeyUsage', serverAuth: true },
        { name: 'subjectAltName', altNames: [isAddress ? { type: 7, ip: host } : { type: 2, value: host }] },
        { name: 'authorityKeyIdentifier', keyIdentifier: keyIdentifier(own) },
      ]);
      const server = { key: servers.privateKey, cert: `${cert}${authority}` };
      made.set(host, server);
      return server;
    },
  };
}

interface Keys {
  publicKey: string;
  privateKey: string;
}

async function newKeys(): Promise<Keys> {
  return promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
}

function signed(
  { publicKey }: Keys,
  issuer: Keys,
  subject: forge.pki.CertificateField[],
  issuerName: forge.pki.CertificateField[],
  extensions: object[],
): string {
  const cert = forge.pki.createCertificate();
  cert.publicKey = forge.pki.publicKeyFromPem(publicKey);
  cert.serialNumber = `01${randomBytes(15).toString('hex')}`;
  // A day back, for clients whose clock is behind.
  cert.validity.notBefore = new Date(Date.now() - DAY_MS);
  cert.validity.notAfter = new Date(Date.now() + LIFETIME_DAYS * DAY_MS);
  cert.setSubject(subject);
  cert.setIssuer(issuerName);
  cert.setExtensions(extensions);
  cert.sign(forge.pki.privateKeyFromPem(issuer.privateKey), forge.md.sha256.create());
  return forge.pki.certificateToPem(cert).replaceAll('\r\n', '\n');
}

function keyIdentifier({ publicKey }: Keys): string {
  return forge.pki
    .getPublicKeyFingerprint(forge.pki.publicKeyFromPem(publicKey), {
      type: 'RSAPublicKey',
    })
    .getBytes();
}
