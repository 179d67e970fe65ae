import { createHash, X509Certificate } from 'node:crypto';

/** What opens the store: it holds nothing that is secret. */
const PASSWORD = 'changeit';

const MAGIC = 0xfeedfeed;
const VERSION = 2;
const TRUSTED = 2;

/**
 * A trust store for JVMs (JKS) with these certificates alone: the format is that of sun.security.provider.JavaKeyStore.
 * @param certificates as PEM, one each
 */
export function javaStore(certificates: readonly string[]): Buffer {
  const entries = certificates.map((pem, index) => {
    const { raw } = new X509Certificate(pem);
    return Buffer.concat([
      int(TRUSTED),
      text(`authority-${index}`),
      Buffer.alloc(8), // when it came in: unknown
      text('X.509'),
      int(raw.length),
      raw,
    ]);
  });
  const store = Buffer.concat([int(MAGIC), int(VERSION), int(entries.length), ...entries]);
  const password = Buffer.from(PASSWORD, 'utf16le').swap16();
  const seal = createHash('sha1').update(password).update('Mighty Aphrodite').update(store).digest();
  return Buffer.concat([store, seal]);
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** As DataOutput.writeUTF has ASCII. */
function text(value: string): Buffer {
  const bytes = Buffer.alloc(2 + value.length);
  bytes.writeUInt16BE(value.length);
  bytes.write(value, 2, 'latin1');
  return bytes;
}

/** JAVA_TOOL_OPTIONS with which a JVM, which looks at no HTTP_PROXY, asks through a proxy and trusts a store. */
export function javaOptions(proxy: string, store: string): string {
  const { hostname, port } = new URL(proxy);
  const ways = ['http', 'https'].flatMap((way) => [
    `${way}.proxyHost=${hostname}`,
    `${way}.proxyPort=${port}`,
  ]);
  const options = [...ways, 'http.nonProxyHosts=', `javax.net.ssl.trustStore=${store}`];
  return [...options, 'javax.net.ssl.trustStoreType=JKS', `javax.net.ssl.trustStorePassword=${PASSWORD}`]
    .map((option) => `-D${option}`)
    .join(' ');
}
